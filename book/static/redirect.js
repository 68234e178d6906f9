// An old address leads to the new one, with the place in the page.
'use strict';

location.replace(`${document.currentScript?.dataset.target}${location.hash}`);
