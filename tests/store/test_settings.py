"""Settings: only what may judge is a setting, in canonical units, editable and checked."""

import pytest
from footprint.errors import UsageError
from footprint.settings import SETTING_KINDS, Settings


def test_units_are_canonical() -> None:
    settings = Settings()
    assert settings.value("complaint_rate") == 0.015
    assert settings.value("stream_gmv_goal") == 5_000_000
    assert settings.value("service_response") == 5
    assert settings.value("budget_commission") == [0.4, 0.5]
    assert settings.value("yellow_keyword_rate") is None
    assert settings.get("complaint_rate").unit == "rate"


def test_only_targets_thresholds_and_rules_are_settings() -> None:
    assert {setting.kind for setting in Settings()} <= set(SETTING_KINDS)
    with pytest.raises(UsageError):
        Settings().value("aov_uplift_vs_plain_live")
    assert Settings().reference("aov_uplift_vs_plain_live").value == 0.27
    with pytest.raises(UsageError):
        Settings().reference("complaint_rate")


def test_every_setting_has_words_in_both_languages() -> None:
    for setting in Settings():
        assert setting.label.zh and setting.label.en, setting.key
        assert any("一" <= letter <= "鿿" for letter in setting.label.zh), setting.key


def test_edit_and_reset() -> None:
    edited = Settings().with_(complaint_rate="2%", team_trigger="600万")
    assert edited.value("complaint_rate") == 0.02
    assert edited.value("team_trigger") == 6_000_000
    assert edited.get("complaint_rate").edited and edited.get("complaint_rate").default == 0.015
    assert edited.fingerprint != Settings().fingerprint
    assert edited.without("complaint_rate", "team_trigger").fingerprint == Settings().fingerprint
    assert Settings().with_(complaint_rate=0.015).edits == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [("complaint_rate", "a lot"), ("tz", "Mars/Base"), ("language", "fr"), ("nothing", 1)],
)
def test_wrong_edits_are_refused(key: str, value: object) -> None:
    with pytest.raises(UsageError):
        Settings().with_(**{key: value})
