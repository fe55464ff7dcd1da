//! Updates as Telegram writes them, and as it should not.

use super::*;

fn incoming(json: &str) -> Incoming {
    read(json).expect("a readable update")
}

fn words(json: &str) -> Words {
    match incoming(json).kind {
        Kind::Text(words) => words,
        other => panic!("expected words, got {other:?}"),
    }
}

fn message(rest: &str) -> String {
    format!(
        r#"{{"update_id":5,"message":{{"message_id":9,"date":1700000000,"chat":{{"id":42,"type":"private"}},"from":{{"id":42,"is_bot":false,"first_name":"mia","language_code":"es-419"}},{rest}}}}}"#
    )
}

#[test]
fn a_text_keeps_its_words_beside_an_unknown_entity() {
    let json = message(
        r#""text":"remind me at 8:30","entities":[{"type":"date_time","offset":13,"length":4,"x":{}}]"#,
    );
    assert_eq!(words(&json).text, "remind me at 8:30");
    let update = incoming(&json);
    assert_eq!(update.chat, ChatId(42));
    assert_eq!(update.language_tag.as_deref(), Some("es-419"));
    assert_eq!(update.sent_at, DateTime::from_timestamp(1_700_000_000, 0));
}

#[test]
fn captions_edits_and_forwards_are_words() {
    let caption = words(&message(r#""photo":[],"caption":"look""#));
    assert!(caption.caption && caption.text == "look");
    let forwarded = words(&message(r#""text":"x","forward_origin":{"type":"user"}"#));
    assert!(forwarded.forwarded && !forwarded.caption);
    let edited = message(r#""text":"x","edit_date":1700000100"#)
        .replace("\"message\"", "\"edited_message\"");
    assert!(words(&edited).edited);
    assert_eq!(
        incoming(&edited).sent_at,
        DateTime::from_timestamp(1_700_000_100, 0)
    );
}

#[test]
fn an_id_beyond_two_to_the_31_and_fields_of_odd_shapes() {
    let json = r#"{"update_id":9000000000,"message":{"message_id":1,"date":"soon","from":7,"chat":{"id":42,"type":"private"},"text":"hola","location":"here"}}"#;
    let update = incoming(json);
    assert_eq!(update.id, 9_000_000_000);
    assert_eq!(words(json).text, "hola");
    assert_eq!(update.sent_at, None);
}

#[test]
fn no_field_of_an_odd_shape_swallows_the_words() {
    for around in [
        r#""message_id":"nine","chat":{"id":42,"type":"private"},"text":"hola""#,
        r#""message_id":1e30,"chat":{"id":42,"type":"private"},"text":"hola""#,
        r#""chat":{"id":42,"type":7},"text":"hola""#,
        r#""chat":{"id":42,"type":"private"},"text":"hola","caption":7"#,
        r#""chat":{"id":42,"type":"private"},"text":7,"caption":"hola""#,
        r#""chat":{"id":42,"type":"private"},"text":"","caption":"hola""#,
    ] {
        let json = format!(r#"{{"update_id":5,"message":{{{around}}}}}"#);
        assert_eq!(words(&json).text, "hola", "{json}");
    }
}

#[test]
fn half_a_surrogate_pair_does_not_swallow_the_words() {
    let json = message(r#""text":"help \ud83d me \\ud83d \ud83d\ude00 \n now \udc00""#);
    assert_eq!(
        words(&json).text,
        "help \u{fffd} me \\ud83d 😀 \n now \u{fffd}"
    );
}

#[test]
fn what_has_no_words() {
    let kind = |rest: &str| incoming(&message(rest)).kind;
    assert!(kind(r#""voice":{}"#) == Kind::Unreadable);
    assert!(kind(r#""hologram_of_next_year":{}"#) == Kind::Unreadable);
    assert!(kind(r#""pinned_message":{}"#) == Kind::Other);
    assert!(
        kind(r#""location":{"longitude":-3.7,"latitude":40.4}"#)
            == Kind::Location {
                longitude: -3.7,
                latitude: 40.4
            }
    );
}

#[test]
fn taps() {
    let json = r#"{"update_id":6,"callback_query":{"id":"77","from":{"id":42,"language_code":"en"},"message":{"message_id":3,"date":0,"chat":{"id":42,"type":"private"}},"data":"v1.x"}}"#;
    let update = incoming(json);
    assert_eq!(update.chat, ChatId(42));
    assert!(
        update.kind
            == Kind::Tap {
                query_id: "77".into(),
                data: Some("v1.x".into()),
                message_id: Some(3)
            }
    );
    let bare = r#"{"update_id":6,"callback_query":{"id":"77","from":{"id":42}}}"#;
    assert_eq!(incoming(bare).chat, ChatId(42));
}

#[test]
fn blocking_unblocking_and_groups() {
    let member = |chat: &str, status: &str| {
        incoming(&format!(
            r#"{{"update_id":7,"my_chat_member":{{"chat":{chat},"from":{{"id":42}},"date":1,"old_chat_member":{{}},"new_chat_member":{{"status":"{status}"}}}}}}"#
        ))
        .kind
    };
    let private = r#"{"id":42,"type":"private"}"#;
    let group = r#"{"id":-100,"type":"supergroup"}"#;
    assert!(member(private, "kicked") == Kind::Blocked);
    assert!(member(private, "member") == Kind::Unblocked);
    assert!(member(group, "administrator") == Kind::Group);
    assert!(member(group, "left") == Kind::Other);
    let said = r#"{"update_id":8,"message":{"chat":{"id":-100,"type":"group"},"text":"hi"}}"#;
    assert!(incoming(said).kind == Kind::Group);
}

#[test]
fn rubbish_is_told_apart() {
    let cases = [
        ("{", Malformed::Unnumbered),
        (r#"{"update_id":"five"}"#, Malformed::Unnumbered),
        (
            r#"{"update_id":9223372036854775807,"message":{"chat":{"id":1,"type":"private"},"text":"hi"}}"#,
            Malformed::Unnumbered,
        ),
        (r#"{"update_id":5,"message":7}"#, Malformed::Numbered(5)),
        (
            r#"{"update_id":5,"message":{"chat":{"id":"x"}}}"#,
            Malformed::Numbered(5),
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(read(json).expect_err("malformed"), expected, "{json}");
    }
    assert!(incoming(r#"{"update_id":5,"poll":{"id":"1"}}"#).kind == Kind::Other);
}

#[test]
fn debug_shows_neither_words_nor_ids() {
    let shown = format!("{:?}", incoming(&message(r#""text":"secret words""#)));
    assert_eq!(shown, "Incoming(Text(…))");
}
