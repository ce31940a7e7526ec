"""`dueline guide`."""

from dueline.cli.main import main
from dueline.models import Desk
from tests.world import World


def test_a_language_that_is_not_spoken_here_is_refused(world: World, capsys):
    assert main(["guide", "--language", "xx"]) == 1
    assert "Choose a language from the list." in capsys.readouterr().err


def test_the_guide_is_printed_in_the_language_of_the_desk_or_in_the_one_asked_for(
    world: World, capsys
):
    Desk.objects.update(language="sv")
    main(["guide"])
    assert capsys.readouterr().out.startswith("Supportguide: Harbour Support")
    main(["guide", "--language", "nb", "--plan", "extended"])
    said = capsys.readouterr().out
    assert "DE FIRE PRIORITETENE" in said
    assert "Avtalenivå Utvidet" in said
    assert "Avtalenivå Standard" not in said
