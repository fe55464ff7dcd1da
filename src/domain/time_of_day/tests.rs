//! Times as people type them.

use proptest::prelude::*;

use super::*;

/// `texts` are separated by bars.
fn check(expected: &str, texts: &str) {
    for text in texts.split(" | ") {
        let time = TimeOfDay::parse(text);
        let shown = time.map(|time| format!("{time:?}"));
        assert_eq!(shown.as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn usual_spellings_are_read() {
    check(
        "08:00",
        "8 | 08 |  8  | 8h | 8:00 | 8.00 | 0800 | 8 am | 8AM | 8 a. m. | 8 a.m. | 8a.m | a las 8 | las 8 | \
         las ocho | eight | ocho | 8 o'clock | 8 o’clock | ８ | ８：００ | 8 in the morning | 8 de la mañana | \
         a las 8 de la manana | 8 horas | 8 hrs | 8:00:00 | at 8 | at 8 please | 8. | at 8 every day | \
         mejor a las 8",
    );
    check(
        "08:30",
        "8:30 | 0830 | 830 | 8.30 | 8,30 | 8h30 | 8 h 30 | 8 30 | 8:30am | half past 8 | half eight | \
         8 y media | ocho y media | a las ocho y media | eight thirty | ocho treinta | 8:30 AM | 8h30m | \
         half past eight",
    );
    check(
        "20:00",
        "20 | 20h | 20:00 | 8 pm | 8pm | 8 p. m. | 8 p.m. | 8 P M | 8 de la tarde | a las 8 de la noche | \
         8 in the evening | 8 at night | las veinte | 20 horas | 2000 | tonight at 8 | 8 por la noche | \
         twenty",
    );
    check(
        "20:30",
        "8:30pm | 8.30 pm | 20h30 | veinte treinta | 20 y 30 | half past 8 in the evening | \
         8 y media de la noche",
    );
    check(
        "12:00",
        "noon | midday | mediodía | al mediodia | 12 | 12 pm | 12 noon | 12:00 noon | 12 del mediodía | \
         12 de la mañana",
    );
    check(
        "00:00",
        "midnight | medianoche | a medianoche | 0 | 24:00 | 12 am | 00:00 | 12:00 midnight | 24h | \
         12 de la noche",
    );
    check(
        "07:45",
        "quarter to 8 | 8 menos cuarto | ocho menos cuarto | 7:45 | seven forty five | \
         siete cuarenta y cinco",
    );
    check(
        "08:15",
        "quarter past 8 | 8 y cuarto | eight fifteen | ocho quince | 8 y 15",
    );
    check("08:10", "ten past eight | 8 y diez | 10 past 8");
    check("11:45", "quarter to 12 | 12 menos cuarto");
    check("12:45", "quarter to 1 pm | la una menos cuarto de la tarde");
    check("23:45", "quarter to 12 at night");
    check("07:50", "ten to eight | ocho menos diez | 8 menos 10");
    check(
        "13:00",
        "1 pm | 13 | la una de la tarde | 1 del mediodia | 13h",
    );
    check("03:00", "3 de la madrugada | 3 am | 3 at night | las tres");
}

#[test]
fn a_time_among_a_few_words_is_read() {
    check(
        "09:00",
        "can you send at 9am | 9 am would be lovely | how about 9:00? | could we do 9 am",
    );
}

#[test]
fn what_is_no_time_says_why() {
    use NotATime::{NoSuchHalf, NoSuchHour, NoSuchMinute, Nothing, Unclear};
    for (text, why) in [
        ("25:99", NoSuchMinute),
        ("25:00", NoSuchHour),
        ("25", NoSuchHour),
        ("24:30", NoSuchHour),
        ("quarter to 30", NoSuchHour),
        ("90 past 8", NoSuchMinute),
        ("8:75", NoSuchMinute),
        ("13 pm", NoSuchHalf),
        ("20 am", NoSuchHalf),
        ("8:3", Unclear),
        ("8 or 9", Unclear),
        ("8 o 9", Unclear),
        ("8 y 9", Unclear),
        ("8 and 9", Unclear),
        ("8 to 9", Unclear),
        ("8 9", Unclear),
        ("de 8 a 9", Unclear),
        ("8 am or pm", Unclear),
        ("not at 8", Unclear),
        ("after 8", Unclear),
        ("8-9", Nothing),
        ("-8", Nothing),
        ("8/30", Nothing),
        ("", Nothing),
        ("   ", Nothing),
        ("soon", Nothing),
        ("morning", Nothing),
        ("no", Nothing),
        ("my baby is 8", Nothing),
        ("I have 2 kids", Nothing),
        (
            "my baby was born at 8:30 in the morning and I felt nothing at all",
            Nothing,
        ),
        ("6195551234", Nothing),
        ("😀", Nothing),
        ("media", Unclear),
    ] {
        assert_eq!(TimeOfDay::parse(text), Err(why), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back(hour in 0_u32..24, minute in 0_u32..60) {
        let time = TimeOfDay::new(hour, minute).unwrap();
        for language in Language::ALL {
            prop_assert_eq!(TimeOfDay::parse(&time.show(language)), Ok(time));
        }
    }

    #[test]
    fn no_text_is_a_panic(text in ".{0,100}") {
        let _ = TimeOfDay::parse(&text);
    }

    #[test]
    fn no_text_of_time_words_is_a_panic(
        words in proptest::collection::vec("(8|30|12|[0-9]{1,5}|:|h|a|p|m|[.]| |y|to|half|media|menos|quarter|pm|noche|ocho|forty|a las|é|１)", 0..30),
    ) {
        let _ = TimeOfDay::parse(&words.concat());
    }

    #[test]
    fn no_long_text_is_a_panic(text in ".{3000,4096}") {
        prop_assert_eq!(TimeOfDay::parse(&text), Err(NotATime::Nothing));
    }
}
