"""What is set in the page reaches the session, and what the session says is what the page shows."""

import json

from browser import KEY


def session(page):
    return page.run("({ settings }) => settings.echoed")


def test_settings_reach_the_session(server, open_page):
    page = open_page(server)
    page.connect()
    page.page.fill("#field-instructions", "You are a pirate.")
    page.page.press("#field-instructions", "Tab")
    page.page.select_option("#field-voice", "echo")
    page.page.focus("#field-threshold")
    page.page.keyboard.press("ArrowRight")
    page.page.select_option("#field-noise", "near_field")
    page.page.fill("#field-tokens", "50")
    page.page.press("#field-tokens", "Tab")
    page.wait_for("({ settings }) => settings.echoed.max_output_tokens === 50")
    echoed = session(page)
    assert echoed["instructions"] == "You are a pirate."
    assert echoed["audio"]["output"]["voice"] == "echo"
    assert echoed["audio"]["input"]["turn_detection"]["threshold"] == 0.55
    assert echoed["audio"]["input"]["noise_reduction"] == {"type": "near_field"}
    # Each tells that it was changed, and what it was; a click takes it back.
    voice = page.page.locator(".field[data-field=voice]")
    assert "changed" in voice.get_attribute("class")
    voice.locator(".reset").click()
    page.wait_for("({ settings }) => settings.echoed.audio.output.voice === 'alloy'")
    # The other detector has other figures.
    page.page.select_option("#field-turns", "semantic_vad")
    page.page.select_option("#field-eagerness", "high")
    page.wait_for("({ settings }) => settings.echoed.audio.input.turn_detection.eagerness === 'high'")
    assert not page.page.is_visible("#field-threshold")


def test_they_are_remembered_and_secrets_are_not(locked, open_page):
    page = open_page(locked)
    page.open_panel("connection")
    page.page.select_option("#connection-credential", "key")
    page.page.fill("#connection-key", KEY)
    page.page.press("#connection-key", "Tab")
    page.page.fill("#field-instructions", "You are a pirate.")
    page.page.press("#field-instructions", "Tab")
    kept = page.page.evaluate("() => localStorage.getItem('vivavoce')")
    assert "pirate" in kept and KEY not in kept
    page.page.check("#connection-remember")
    assert KEY in page.page.evaluate("() => localStorage.getItem('vivavoce')")
    page.page.reload()
    page.page.wait_for_selector("#listen")
    page.connect()
    assert session(page)["instructions"] == "You are a pirate."
    page.page.uncheck("#connection-remember")
    assert KEY not in page.page.evaluate("() => localStorage.getItem('vivavoce')")


def test_the_voice_is_locked_once_it_has_spoken(server, open_page):
    page = open_page(server)
    page.connect()
    assert page.page.is_enabled("#field-voice")
    page.say("Hello!")
    page.wait_for_answer()
    page.run("({ settings }) => settings.want('speed', 1.1)")
    page.wait_for("() => document.querySelector('#field-voice').disabled")
    assert "can't change" in page.page.inner_text(".field[data-field=voice] .hint")


def test_a_tool_is_called_and_answered(server, open_page):
    page = open_page(server)
    page.open_panel("tools")
    page.page.click("#add-tool")
    page.page.fill("#tool-0-schema", '{"type": "object", "properties": {}, "required": ["city"]}')
    assert "“city” is required" in page.page.inner_text("#tool-0-fault")
    page.page.fill("#tool-0-schema", '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}')
    page.page.press("#tool-0-schema", "Tab")
    assert page.page.inner_text("#tool-0-fault") == ""
    page.connect()
    assert session(page)["tools"] == [] or session(page)["tools"][0]["name"] == "get_weather"
    page.wait_for("({ settings }) => settings.echoed.tools.length === 1")
    page.run("({ talk }) => { talk.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What is the weather in Paris?' }] } }); talk.send({ type: 'response.create', response: { tool_choice: { type: 'function', name: 'get_weather' } } }); }")
    page.wait_for("({ conversation }) => conversation.lines.some((line) => line.call?.output)")
    card = page.page.inner_text(".card")
    assert "get_weather(" in card and "sunny" in card
    page.wait_for("({ conversation }) => [...conversation.answers.values()].length === 2")


def test_a_tool_is_answered_by_hand(server, open_page):
    page = open_page(server)
    page.open_panel("tools")
    page.page.click("#add-tool")
    page.page.select_option("#tool-0-how", "hand")
    page.connect()
    page.wait_for("({ settings }) => settings.echoed.tools.length === 1")
    page.run("({ talk }) => talk.send({ type: 'response.create', response: { tool_choice: { type: 'function', name: 'get_weather' } } })")
    page.page.wait_for_selector(".reply textarea", timeout=60_000)
    page.page.fill(".reply textarea", '{"weather": "rain"}')
    page.page.click(".reply button")
    page.wait_for("({ conversation }) => conversation.lines.some((line) => line.call?.output?.includes('rain'))")
    page.wait_for("({ conversation }) => [...conversation.answers.values()].length === 2")


def test_a_deployment_is_made(server, open_page):
    page = open_page(server)
    page.page.select_option("#deployment", label="New deployment…")
    page.page.fill("#new-name", "my-pirate")
    page.page.click("dialog .primary")
    page.wait_for("({ connection }) => connection.name === 'my-pirate'")
    page.wait_for("() => document.querySelector('#deployment').value === 'my-pirate'")
    page.connect()
    assert session(page)["model"] == "my-pirate"


def test_the_code_says_what_is_set(server, open_page):
    page = open_page(server)
    page.page.fill("#field-instructions", "You are a pirate.")
    page.page.press("#field-instructions", "Tab")
    page.open_panel("code")
    for option in page.page.locator("#code-language option").all():
        page.page.select_option("#code-language", option.get_attribute("value"))
        code = page.page.inner_text("pre.code")
        assert "You are a pirate." in code, option.get_attribute("value")
        assert f"127.0.0.1:{server.port}" in code


def test_another_server_in_another_dialect(server, locked, open_page):
    """The page of one server talks to another one, Azure's way, with a key."""
    page = open_page(server)
    page.run("({ connection }, other) => Object.assign(connection, other)", {
        "service": "azure-preview", "endpoint": f"http://127.0.0.1:{locked.port}", "name": "gpt-4o-realtime-preview",
        "credential": "key", "key": KEY})
    page.connect()
    page.say("Hello!")
    page.wait_for_answer()
    assert json.dumps(page.events("sent")).find(KEY) == -1
