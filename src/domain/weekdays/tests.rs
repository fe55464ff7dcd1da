//! Days as people type them.

use proptest::prelude::*;

use super::*;

/// `texts` are separated by bars.
fn check(cron: &str, texts: &str) {
    for text in texts.split(" | ") {
        let days = Weekdays::parse(text).map(Weekdays::to_cron);
        assert_eq!(days.as_deref(), Ok(cron), "{text}");
    }
}

#[test]
fn usual_spellings_are_read() {
    check(
        "*",
        "daily | every day | Everyday | todos los días | cada dia | diario | a diario | mon-sun | \
         all week",
    );
    check(
        "1-5",
        "weekdays | Week days | mon-fri | Monday to Friday | monday through friday | lun a vie | \
         de lunes a viernes | entre semana | días laborables | L-V | lunes - viernes | no weekends | \
         every day except weekends",
    );
    check(
        "0,6",
        "weekends | weekend | fines de semana | los fines de semana | sat sun | sábados y domingos | \
         saturday & sunday | finde | no weekdays",
    );
    check(
        "1,3,5",
        "mon wed fri | Mon, Wed, Fri | lunes, miércoles y viernes | lun mie vie | \
         mondays wednesdays fridays | monday and wednesday and friday | mo we fr | monday wensday friday | \
         lunes miercoles viernes",
    );
    check(
        "1,2,3,4,5,6",
        "no sundays | no sunday | every day except sunday | every day but not sundays | \
         todos los días menos el domingo | mon-sat",
    );
    check("0,1,5,6", "fri-mon | viernes a lunes");
    check(
        "2",
        "tuesday | tusday | Tuesdays | martes | los martes | tues | teusday",
    );
    check("4", "thrusday | thurs | jueves");
    check(
        "1,2,3,4",
        "weekdays except friday | de lunes a viernes menos el viernes",
    );
}

#[test]
fn what_is_no_choice_of_days_says_so() {
    for text in [
        "",
        "soon",
        "my sunday was bad and long",
        "8:30",
        "3",
        "monday to",
        "except",
        "😀",
        "mañana",
        "fun weekdaze",
    ] {
        assert_eq!(Weekdays::parse(text), Err(NotDays::Nothing), "{text}");
    }
    assert_eq!(
        Weekdays::parse("every day except mon-sun"),
        Err(NotDays::NoneLeft)
    );
    assert_eq!(
        Weekdays::parse("monday except monday"),
        Err(NotDays::NoneLeft)
    );
}

#[test]
fn words_for_days_are_what_a_person_would_say() {
    let check = |text: &str, en: &str, es: &str| {
        let days = Weekdays::parse(text).unwrap();
        assert_eq!(
            (
                days.describe(Language::En).as_str(),
                days.describe(Language::Es).as_str()
            ),
            (en, es)
        );
    };
    check("daily", "every day", "todos los días");
    check("weekdays", "Monday to Friday", "de lunes a viernes");
    check("weekend", "Saturday and Sunday", "sábado y domingo");
    check(
        "mon wed fri",
        "Monday, Wednesday and Friday",
        "lunes, miércoles y viernes",
    );
    check(
        "no sundays",
        "every day except Sunday",
        "todos los días menos el domingo",
    );
    check("tue", "Tuesday", "martes");
}

proptest! {
    #[test]
    fn what_is_described_is_read_back(bits in 1_u8..128) {
        let days = Weekdays(bits);
        for language in Language::ALL {
            prop_assert_eq!(Weekdays::parse(&days.describe(language)), Ok(days));
        }
    }

    #[test]
    fn no_text_is_a_panic(text in ".{0,140}") {
        let _ = Weekdays::parse(&text);
    }

    #[test]
    fn no_text_of_day_words_is_a_panic(words in proptest::collection::vec("(mon|lun| |-|a|to|except|no|wensday|y|,|é)", 0..30)) {
        let _ = Weekdays::parse(&words.concat());
    }

    #[test]
    fn no_long_text_is_a_panic(text in ".{3000,4096}") {
        prop_assert_eq!(Weekdays::parse(&text), Err(NotDays::Nothing));
    }
}
