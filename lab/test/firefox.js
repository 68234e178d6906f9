// What a reader meets in Firefox: node test/firefox.js FIREFOX ADDRESS STROKES, with the strokes of a digit as JSON, corners of
// the square at 0 and 1. Opens the built pages at ADDRESS, uses three panels, and prints what they say and whatever went wrong.

import puppeteer from 'puppeteer-core';

const [executablePath, address, strokes] = process.argv.slice(2);
const VIOLATIONS = () =>
  globalThis.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
    console.error(`policy: ${violatedDirective} ${blockedURI} ${sourceFile}`),
  );

const browser = await puppeteer.launch({ browser: 'firefox', executablePath });
const page = await browser.newPage(),
  troubles = [];
page.on('console', (message) => ['error', 'warn'].includes(message.type()) && troubles.push(message.text()));
page.on('pageerror', (error) => troubles.push(String(error)));
page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()}`));
page.on('response', (answer) => answer.status() >= 400 && troubles.push(`${answer.status()}: ${answer.url()}`));
await page.setViewport({ width: 1280, height: 900 });
await page.evaluateOnNewDocument(VIOLATIONS);

const inside = (selector) => page.waitForSelector(`lenet-lab[ready] >>> ${selector}`);
const press = async (name) => (await inside(`::-p-aria(${name}[role="button"])`)).click();
/** The sentence of the panel, once it fits. */
async function said(pattern) {
  const line = await inside('.say'),
    fits = (element, source) => new RegExp(source).test(element.textContent) && element.textContent;
  return (await page.waitForFunction(fits, {}, line, pattern)).jsonValue();
}

async function draw() {
  await page.goto(`${address}/book/pages/index.html#lab-draw?v=1`);
  await press('Clear');
  await said('^The picture is blank');
  const { x, y, width, height } = await (await inside('.pad')).boundingBox();
  for (const [start, ...rest] of JSON.parse(strokes)) {
    await page.mouse.move(x + start[0] * width, y + start[1] * height);
    await page.mouse.down();
    for (const [across, down] of rest) await page.mouse.move(x + across * width, y + down * height, { steps: 4 });
    await page.mouse.up();
  }
  return said('^The network reads');
}

async function train() {
  await page.goto(`${address}/book/pages/lab.html#lab-train?v=1&alone=1&epochs=1`);
  await press('Train');
  await said('^A has finished');
  const results = await inside('[aria-label="Results of the two networks"]');
  return results.$$eval('td', (all) => all.map((cell) => cell.textContent));
}

async function learn() {
  await page.goto(`${address}/chapters/04_summary/how_it_learns.html#lab-learn?v=1&at=0`);
  const sentences = [await said('^The picture enters')];
  for (const layer of ['C1', 'S2', 'C3']) {
    await press('one step on');
    sentences.push(await said(`^${layer}`));
  }
  return sentences;
}

const seen = { draw: await draw(), train: await train(), learn: await learn() };
await browser.close();
process.stdout.write(JSON.stringify({ ...seen, troubles }));
