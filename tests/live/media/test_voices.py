"""Voice and picture in real Chromium, through each engine: heard, seen, cut off, asked, lost and back."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.live.media.browsers import engine_process, voice_class, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.browser, pytest.mark.xdist_group("browser")]
BACK_IN_SECONDS = 10


def begin(trainer) -> None:
    trainer.page.locator('[data-room="start"] button').click()
    expect(trainer.page.locator("main")).to_have_attribute("data-phase", "open", timeout=20_000)


@pytest.mark.parametrize("name", ["embedded", "janus"])
def test_a_class_that_is_heard_and_seen(db, tmp_path, name):
    """One trainer and two learners at phones, through one engine, from the first choice to a killed engine."""
    with engine_process(name, tmp_path) as engine, voice_class(tmp_path, engine, "Amina", "Omar") as room:
        trainer, amina = room.enter("trainer", desk=True), room.enter("Amina", obstinate=True)
        # Before the class: the choice, whose first proposal on a phone is the voice alone.
        amina.part("voice-enter").click()
        expect(amina.page.locator('[name="profile"][value="audio"]')).to_be_checked()
        amina.page.locator('[name="profile"][value="video"]').check()
        amina.part("voice-go").click()
        assert not amina.page.evaluate("connections.length")
        begin(trainer)
        trainer.hear("video")
        trainer.speak()
        trainer.part("voice-camera").click()

        # B decodes A's sound and picture, and the other way round.
        wait_until(lambda: amina.frames() > 10 and amina.heard() > 0.05)
        expect(amina.page.locator(".tile figcaption")).to_have_text("Trainer Qui")
        amina.speak()
        wait_until(lambda: trainer.heard() > 0.05)
        omar = room.enter("Omar")
        omar.hear("audio")
        wait_until(lambda: omar.heard() > 0.05)
        assert not omar.frames()
        assert not omar.page.locator(".tile").count()

        # Muted at the server: nothing of her arrives, although her browser goes on sending.
        line = trainer.page.locator("[data-who]", has_text="Amina")
        line.get_by_role("button", name=re.compile("microfono")).click()
        expect(amina.part("mic")).to_have_attribute("data-state", "muted", timeout=20_000)
        expect(amina.part("note")).to_contain_text("ha spento il tuo microfono")
        time.sleep(1)
        heard, sent = trainer.packets("audio"), amina.packets("audio", "outbound-rtp")
        wait_until(lambda: amina.packets("audio", "outbound-rtp") > sent + 50)
        assert trainer.packets("audio") <= heard + 2  # what was on its way
        # Asked, she decides.
        line.get_by_role("button", name=re.compile("Invita a parlare")).click()
        expect(amina.part("voice-called")).to_be_visible(timeout=20_000)
        expect(amina.part("voice-called-words")).to_have_text("Trainer Qui ti chiede di parlare")
        amina.part("voice-called-yes").click()
        wait_until(lambda: trainer.packets("audio") > heard + 30)

        # The engine is killed: everybody is heard again in time, and nobody's minutes know of it.
        rows = {
            who: [(row.pk, row.opened_at) for row in room.rows(who)] for who in ("trainer", "Amina", "Omar")
        }
        before = amina.page.evaluate("connections.length")
        engine.kill()
        killed = time.monotonic()
        expect(amina.part("voice-state")).to_contain_text("interrotto", timeout=20_000)
        engine.start()
        wait_until(lambda: amina.page.evaluate("connections.length") > before and amina.frames() > 5)
        wait_until(lambda: trainer.packets("audio") > 20 and omar.packets("audio") > 20)
        assert time.monotonic() - killed < BACK_IN_SECONDS
        expect(amina.part("voice-state")).to_contain_text("Senti e vedi la lezione")
        for who, known in rows.items():
            assert [(row.pk, row.opened_at) for row in room.rows(who)] == known
            assert all(row.closed_at is None for row in room.rows(who))
        assert not trainer.complaints + amina.complaints + omar.complaints
