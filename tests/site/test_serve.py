"""The book on localhost: its pages, and a sentence for a port that cannot be, before anything is built."""

import re
import socket
import threading
import urllib.request

import pytest

from book.tools import live, serve


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5", "", "8000 ", "1e3"])
def test_a_wrong_port_is_refused_in_a_sentence(tmp_path, monkeypatch, port):
    said = re.escape(f"Expected a port from 1 to 65535, got {port!r}. For example: PORT=8001")
    with pytest.raises(SystemExit, match=said):
        serve.server_at(port, tmp_path)
    monkeypatch.setattr(live, "build", lambda name: pytest.fail("built first"))
    with pytest.raises(SystemExit, match=said):
        live.main("convolution", port)


def test_a_port_in_use_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with pytest.raises(SystemExit, match=f"Port {port} cannot be used .*Take another"):
            serve.server_at(port, tmp_path)


def test_pages_are_served(tmp_path, monkeypatch, capsys):
    (tmp_path / "index.html").write_text("LeNet")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = str(other.getsockname()[1])
    opened = threading.Event()
    monkeypatch.setattr(serve.webbrowser, "open", lambda address: opened.set())
    server = serve.server_at(port, tmp_path)
    threading.Thread(target=serve.show, args=(server, "index.html"), daemon=True).start()
    assert opened.wait(10)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/index.html") as page:
        assert page.read() == b"LeNet"
    server.shutdown()
    assert f"http://localhost:{port}/index.html" in capsys.readouterr().out
