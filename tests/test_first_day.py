"""A file begins: init, the team, the first deal, and what is said without a file."""

from conftest import Office


def test_without_a_file_the_program_says_how_to_start(bare: Office) -> None:
    ran = bare()
    assert ran.code == 0
    assert "funnelcli init" in ran.out
    assert "funnelcli demo" in ran.out


def test_a_question_without_a_file_exits_10_and_says_how_to_start(bare: Office) -> None:
    ran = bare("funnel")
    assert (ran.code, ran.out) == (10, "")
    assert ran.err == (
        f"funnelcli: There is no file at {bare.path}; "
        f"start one with: funnelcli init --db {bare.path}\n"
    )


def test_a_named_file_is_never_created_in_passing(bare: Office) -> None:
    assert bare("deal", "add", "Ark").code == 10
    assert not bare.path.exists()
