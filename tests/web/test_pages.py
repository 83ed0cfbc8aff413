"""The pages before a log-in, in the language that a browser asks for."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import httpx
import pytest

from models.language.catalogue import Language
from recovery_flows.web.app import web_app
from recovery_flows.web.guard import place_at
from recovery_flows.web.language import language_of
from recovery_flows.web.sessions import Bounds, Sessions
from recovery_flows.web.unit_line import log_in
from tests.web.conftest import NAVIGATES, Web


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"), ("zh", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,zh;q=0.9", "en"),
        ("de, fr;q=0.9", "en"), ("de, zh;q=0.1", "zh"), ("en;q=0.2, ZH-Hant-TW;q=0.3", "zh"),
        ("zh;q=0", "en"), ("zh;q=2", "en"), ("zh;q=x, \x00", "en"), ("*", "en"),
        ("," * 9_000, "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_wants_most_is_taken(accept: str, language: str) -> None:
    assert language_of(accept) is Language(language)


def test_the_pages_of_a_browser_that_wants_chinese_are_chinese_and_say_what_was_wrong(
    web: Web,
) -> None:
    with web.client() as client:
        client.headers["Accept-Language"] = "zh-CN,zh;q=0.9,en;q=0.8"
        page = client.get("/", follow_redirects=True).text
        for words in ('<html lang="zh">', "：登录</title>", ">办案人员<", ">密码<", ">登录<"):
            assert words in page
        wrong = web.log_in(client, password="not this one")
        assert "办案人员、密码或验证码不正确" in wrong.text
        assert "not right" not in wrong.text
        assert web.log_in(client).headers["location"] == "/terminal"
        inside = client.get("/terminal").text
        assert ">退出登录</button>" in inside
        assert 'data-offline="没有网络"' in inside
        left = client.post("/log-out", headers={"Origin": web.address}, follow_redirects=True)
        assert "您已退出登录。" in left.text
        client.headers["Accept-Language"] = "de"
        assert ">Password<" in client.get("/").text


@pytest.mark.parametrize(
    ("mode", "english", "chinese"),
    [
        (0o777, "others may write to", "他人可写入"),
        (0o700, "does not answer (No such file", "没有应答（No such file"),
    ],
)
async def test_why_nobody_can_log_in_is_the_same_in_both_languages(
    tmp_path: Path, mode: int, english: str, chinese: str
) -> None:
    (folder := tmp_path / "line").mkdir()
    folder.chmod(mode)
    address, token = "http://127.0.0.1:9", "of this test"
    app = web_app(
        place_at(address, (), token), Sessions(Bounds(1, 1, 60, 60), lambda: 0.0),
        partial(log_in, folder / "unit.sock"), unit_name="unit", idle_minutes=1,
    )  # fmt: skip
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=address) as client:
        await client.get("/enter", params={"token": token})
        for language, said in (("en", english), ("zh", chinese)):
            typed = {"officer": "ada", "password": "an invented one"}
            headers = {**NAVIGATES, "Origin": address, "Accept-Language": language}
            answer = await client.post("/log-in", data=typed, headers=headers)
            assert answer.status_code == 503
            assert said in answer.text
