//! The window alone: what starts, what is acknowledged, what comes again.

use serde_json::json;

use super::super::{
    Handled::{self, Done, Owing},
    window::{FULL, Moved, Window},
};
use super::{raw, said};
use crate::{
    domain::ChatId,
    telegram::update::{self, Incoming, Malformed, Part},
};

/// Starts everything that can start and ends it as `handled` says (`None`: it panics); returns the order of starts.
fn handle_all(
    window: &mut Window,
    handled: impl Fn(&Incoming) -> Option<Handled>,
) -> Vec<(i64, bool)> {
    let mut order = Vec::new();
    loop {
        let starting = window.start();
        if starting.is_empty() {
            return order;
        }
        for incoming in starting {
            order.push((incoming.id, incoming.part == Part::Effect));
            window.finished(
                incoming.id,
                incoming.chat,
                incoming.part,
                handled(&incoming),
            );
        }
    }
}

fn acknowledged(window: &mut Window) -> usize {
    window.acknowledge().acknowledged
}

#[test]
fn even_the_highest_number_is_acknowledged() {
    let mut window = Window::default();
    let highest = 1 << 52;
    // Behind the higher ones nothing else would ever be given.
    window.take_in(vec![
        said(highest, 1),
        said(highest + 1, 1),
        said(i64::MAX, 1),
    ]);
    handle_all(&mut window, |_| Some(Done));
    assert_eq!(acknowledged(&mut window), 1);
    assert_eq!(window.offset(), Some(highest + 1));
}

#[test]
fn the_offset_moves_past_the_longest_run_that_is_done() {
    let mut window = Window::default();
    window.take_in((10..15).map(|id| said(id, id)).collect());
    let starting = window.start();
    assert_eq!(starting.len(), 5, "chats side by side");
    for incoming in starting {
        if incoming.id != 12 {
            window.finished(incoming.id, incoming.chat, incoming.part, Some(Done));
        }
    }
    assert_eq!(acknowledged(&mut window), 2);
    assert_eq!(window.offset(), Some(12));
    window.finished(12, ChatId(12), Part::Whole, Some(Done));
    assert_eq!(acknowledged(&mut window), 3);
    assert_eq!(window.offset(), Some(15));
}

#[test]
fn one_chat_is_handled_in_order_whatever_the_order_of_the_batch() {
    let mut window = Window::default();
    window.take_in(vec![said(3, 1), said(1, 1), said(2, 2)]);
    let first = window.start();
    assert_eq!(first.iter().map(|i| i.id).collect::<Vec<_>>(), [1, 2]);
    assert!(window.start().is_empty(), "chat 1 is at work");
    window.finished(1, ChatId(1), Part::Whole, Some(Done));
    assert_eq!(window.start()[0].id, 3);
}

#[test]
fn what_was_seen_is_not_handled_twice() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 2), said(2, 2)]);
    assert_eq!(window.start().len(), 2);
    window.take_in(vec![said(1, 1), said(2, 2)]);
    assert!(window.start().is_empty());
    window.finished(1, ChatId(1), Part::Whole, Some(Done));
    window.finished(2, ChatId(2), Part::Whole, Some(Done));
    assert_eq!(acknowledged(&mut window), 2);
    window.take_in(vec![said(1, 1)]);
    assert!(window.start().is_empty());
    assert!(window.is_empty());
}

#[test]
fn an_owed_update_comes_again_as_answered_and_holds_the_offset() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 2)]);
    let owing = |incoming: &Incoming| Some(if incoming.id == 1 { Owing } else { Done });
    handle_all(&mut window, owing);
    assert_eq!(acknowledged(&mut window), 0);
    window.take_in(vec![said(1, 1), said(2, 2), said(3, 1)]);
    let order = handle_all(&mut window, |_| Some(Done));
    assert_eq!(order, [(1, true), (3, false)]);
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn a_full_window_of_owed_updates_moves_on() {
    let full = i64::try_from(FULL).unwrap();
    let mut window = Window::default();
    window.take_in((1..full).map(|id| said(id, id)).collect());
    handle_all(&mut window, |_| Some(Owing));
    assert_eq!(acknowledged(&mut window), 0, "one more has room");
    window.take_in(vec![said(full, full)]);
    handle_all(&mut window, |_| Some(Owing));
    let moved = window.acknowledge();
    assert_eq!(
        moved,
        Moved {
            acknowledged: FULL,
            given_up: FULL
        }
    );
    assert_eq!(window.offset(), Some(full + 1));
}

#[test]
fn a_panic_does_not_acknowledge_and_the_second_one_gives_up() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 1), said(3, 3)]);
    let panics = |incoming: &Incoming| (incoming.id != 1).then_some(Done);
    let order = handle_all(&mut window, panics);
    assert_eq!(order, [(1, false), (3, false)], "2 waits behind 1");
    assert_eq!(acknowledged(&mut window), 0);
    window.take_in(vec![said(1, 1), said(2, 1), said(3, 3)]);
    let order = handle_all(&mut window, panics);
    assert_eq!(order, [(1, false), (2, false)]);
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn rubbish_is_counted_and_passed() {
    let mut window = Window::default();
    let batch = vec![
        said(1, 1),
        Err(Malformed::Numbered(2)),
        Err(Malformed::Unnumbered),
        said(3, 1),
    ];
    assert_eq!(window.take_in(batch), 2);
    handle_all(&mut window, |_| Some(Done));
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn numbers_that_begin_anew_are_handled() {
    let mut window = Window::default();
    window.take_in(vec![said(9_000_000_000, 1)]);
    handle_all(&mut window, |_| Some(Done));
    acknowledged(&mut window);
    window.take_in(vec![said(17, 1)]);
    assert_eq!(handle_all(&mut window, |_| Some(Done)), [(17, false)]);
    acknowledged(&mut window);
    assert_eq!(window.offset(), Some(18));
}

const HELP: &str = "I want to die";

fn says(id: i64, chat: i64, text: &str) -> Result<Incoming, Malformed> {
    let mut update = raw(id, chat);
    update["message"]["text"] = text.into();
    update::read(&update.to_string())
}

fn parts(starting: &[Incoming]) -> Vec<(i64, Part)> {
    starting.iter().map(|one| (one.id, one.part)).collect()
}

#[test]
fn calls_for_help_are_replied_to_before_everything_else_of_the_batch() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 2), says(3, 2, HELP)]);
    let expected = [(3, Part::Reply), (1, Part::Whole)];
    assert_eq!(parts(&window.start()), expected);
    window.finished(3, ChatId(2), Part::Reply, Some(Done));
    assert_eq!(parts(&window.start()), [(2, Part::Whole)]);
    window.finished(2, ChatId(2), Part::Whole, Some(Done));
    assert_eq!(parts(&window.start()), [(3, Part::Effect)]);
}

#[test]
fn a_call_for_help_does_not_wait_for_its_chat_and_what_follows_from_it_does() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1)]);
    assert_eq!(parts(&window.start()), [(1, Part::Whole)]);
    window.take_in(vec![said(1, 1), says(2, 1, HELP), said(3, 1)]);
    assert_eq!(parts(&window.start()), [(2, Part::Reply)]);
    window.finished(2, ChatId(1), Part::Reply, Some(Done));
    assert!(window.start().is_empty(), "the first is still at work");
    window.take_in(vec![said(1, 1), says(2, 1, HELP), said(3, 1)]);
    assert!(window.start().is_empty(), "nothing is done twice");
    window.finished(1, ChatId(1), Part::Whole, Some(Done));
    assert_eq!(acknowledged(&mut window), 1);
    assert_eq!(parts(&window.start()), [(2, Part::Effect)]);
    window.finished(2, ChatId(1), Part::Effect, Some(Done));
    assert_eq!(parts(&window.start()), [(3, Part::Whole)]);
    assert_eq!(acknowledged(&mut window), 1);
}

#[test]
fn what_follows_waits_for_the_reply_and_so_do_later_messages() {
    let mut window = Window::default();
    window.take_in(vec![says(1, 1, HELP), said(2, 1)]);
    assert_eq!(parts(&window.start()), [(1, Part::Reply)]);
    window.take_in(vec![says(3, 1, HELP)]);
    assert_eq!(parts(&window.start()), [(3, Part::Reply)]);
    window.finished(3, ChatId(1), Part::Reply, Some(Done));
    assert!(window.start().is_empty());
    window.finished(1, ChatId(1), Part::Reply, Some(Done));
    let order = handle_all(&mut window, |_| Some(Done));
    assert_eq!(order, [(1, true), (2, false), (3, true)]);
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn a_reply_that_panics_is_tried_again_and_one_that_was_given_is_not() {
    let mut window = Window::default();
    let batch = || vec![says(1, 1, HELP), says(2, 1, HELP)];
    window.take_in(batch());
    assert_eq!(window.start().len(), 2);
    window.finished(2, ChatId(1), Part::Reply, Some(Done));
    window.finished(1, ChatId(1), Part::Reply, None);
    assert!(window.start().is_empty());
    window.take_in(batch());
    assert_eq!(parts(&window.start()), [(1, Part::Reply)]);
    window.finished(1, ChatId(1), Part::Reply, Some(Done));
    let owing = |incoming: &Incoming| Some(if incoming.id == 1 { Owing } else { Done });
    assert_eq!(handle_all(&mut window, owing), [(1, true), (2, true)]);
    assert_eq!(acknowledged(&mut window), 0);
    window.take_in(batch());
    assert_eq!(handle_all(&mut window, |_| Some(Done)), [(1, true)]);
    assert_eq!(acknowledged(&mut window), 2);
}

#[test]
fn what_a_tap_shows_is_let_go_when_enough_newer_ones_wait_behind_it() {
    let tap = |id: i64, message: i64, data: &str| {
        let json = json!({"update_id": id, "callback_query": {"id": "1", "from": {"id": 1}, "data": data,
            "message": {"message_id": message, "date": 1, "chat": {"id": 1, "type": "private"}}}});
        update::read(&json.to_string())
    };
    let mut window = Window::default();
    let mut batch: Vec<_> = (0..8).map(|id| tap(id, 7, "1:settings")).collect();
    batch.extend([tap(8, 9, "1:settings"), said(9, 1), tap(10, 7, "1:crisis")]);
    window.take_in(batch);
    let mut overtaken = Vec::new();
    loop {
        let starting = window.start();
        if starting.is_empty() {
            break;
        }
        for incoming in starting {
            if incoming.part == Part::Overtaken {
                overtaken.push(incoming.id);
            }
            window.finished(incoming.id, incoming.chat, incoming.part, Some(Done));
        }
    }
    assert_eq!(overtaken, [0, 1, 2], "five newer ones wait behind these");
    assert_eq!(acknowledged(&mut window), 11);
}

#[test]
fn what_is_open_here_and_gone_at_telegram_was_acknowledged_by_somebody_else() {
    let mut window = Window::default();
    assert!(!window.is_overtaken_by(&[said(5, 1)]), "nothing is open");
    window.take_in(vec![said(5, 1), said(6, 2)]);
    assert!(!window.is_overtaken_by(&[]));
    assert!(!window.is_overtaken_by(&[Err(Malformed::Unnumbered)]));
    assert!(!window.is_overtaken_by(&[said(6, 2), said(5, 1)]));
    assert!(window.is_overtaken_by(&[said(7, 1), said(6, 2)]));
    window.finished(6, ChatId(2), Part::Whole, Some(Done));
    assert!(window.is_overtaken_by(&[said(7, 1)]));
    window.finished(5, ChatId(1), Part::Whole, Some(Done));
    window.acknowledge();
    assert!(!window.is_overtaken_by(&[said(7, 1)]));
}
