//! That every tap comes back as it went, and that nothing else is taken for one.

use proptest::prelude::*;

use super::*;

fn every_kind_of_tap() -> Vec<Tap> {
    let longest_note = NoteId::new(&"n".repeat(NoteId::MAX_LEN)).unwrap();
    let far_future = DateTime::from_timestamp(9_999_999_999, 0).unwrap();
    let mut taps = vec![
        Tap::Agree(Language::Es),
        Tap::JustLook,
        Tap::Help,
        Tap::MeantElse,
        Tap::Crisis,
        Tap::CrisisIn(Country::EU),
        Tap::CrisisCountries,
        Tap::NoteNow(Pool::Affirmations),
        Tap::NoteNow(Pool::Practices),
        Tap::OnlyOne(Pool::Practices),
        Tap::AnotherNote(longest_note.clone()),
        Tap::Start,
        Tap::Settings,
        Tap::ClockIs(-570, Flow::SetUp),
        Tap::SetZone(
            Zone::new("America/Argentina/ComodRivadavia").unwrap(),
            Flow::Settings,
        ),
        Tap::SetTime(TimeOfDay::new(0, 5).unwrap(), Flow::SetUp),
        Tap::SetPlan(PlanName::DailyWithPractices, Flow::SetUp),
        Tap::SetDays(Weekdays::from_bits(0b001_0101).unwrap()),
        Tap::SetCountry(Country::ELSEWHERE),
        Tap::SetLanguage(Language::En),
        Tap::SetSound(true),
        Tap::SetSound(false),
        Tap::AskMove(longest_note.clone(), far_future),
        Tap::KeepNote(longest_note.clone(), far_future),
        Tap::MoveNote(longest_note.clone(), far_future, Moved::Tomorrow),
        Tap::Retire(longest_note),
        Tap::FewerOrPause,
        Tap::Pause(30),
        Tap::PauseOpen,
        Tap::Resume,
        Tap::Stop,
        Tap::AskErase,
        Tap::Erase,
        Tap::KeepData,
        Tap::GoOn,
    ];
    taps.extend(Page::ALL.map(Tap::Page));
    taps.extend(QUESTIONS.map(|(asking, _)| Tap::Ask(asking, Flow::Settings)));
    taps
}

#[test]
fn every_tap_fits_and_comes_back_as_it_went() {
    for tap in every_kind_of_tap() {
        let data = tap.encode();
        assert!(data.len() <= MAX_BYTES, "{data} is {} bytes", data.len());
        assert_eq!(Tap::decode(&data), Some(tap), "{data}");
    }
}

#[test]
fn forged_and_stale_taps_are_refused() {
    for data in [
        "",
        "1",
        "1:",
        "0:help",
        "2:help",
        "help",
        "1:help:u",
        "1:pause:0",
        "1:pause:31",
        "1:pause:-1",
        "1:zone:Mars/Olympus:u",
        "1:time:2560:u",
        "1:time:8:u",
        "1:time:éé:u",
        "1:days:0",
        "1:days:128",
        "1:clock:99999:u",
        "1:agree:fr",
        "1:retire:UPPER",
        "1:move:a:x:h",
        "1:move:a:1:z",
        "1:page:nowhere",
    ] {
        assert_eq!(Tap::decode(data), None, "{data}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(data in "\\PC{0,80}") {
        let _ = Tap::decode(&data);
    }

    #[test]
    fn what_decodes_encodes_to_itself(data in "1:[a-z?!]{2,9}(:[a-zA-Z0-9/_.-]{1,24}){0,3}") {
        if let Some(tap) = Tap::decode(&data) {
            prop_assert_eq!(Tap::decode(&tap.encode()), Some(tap));
        }
    }
}
