//! Told to stop (SIGTERM): nothing is lost, nothing comes twice, and it ends in time.

use std::{os::unix::process::ExitStatusExt as _, time::Duration};

use slowbloom::sandbox::{Fault, Target};

use super::fire::{Fire, Load, kills};
use crate::support::{figures::closing_line, world::limits_were_kept};

/// What SPEC 3.2 promises.
const IN_TIME: Duration = Duration::from_secs(10);
const SIGTERM: i32 = 15;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn told_to_stop_it_ends_in_time_and_nothing_is_lost_or_comes_twice() {
    let stops = kills().div_ceil(8).max(2);
    let mut fire = Fire::new(Load::of(kills())).await;
    fire.parents_talk();
    let mut longest = Duration::ZERO;
    for turn in 0..stops {
        fire.starts();
        fire.waits_for_an_instant(1000 + turn, stops).await;
        let (status, took) = fire.program.is_told_to_stop().await;
        // Told so soon that it did not listen yet, it is ended by the signal itself.
        let in_order = status.success() || status.signal() == Some(SIGTERM);
        assert!(in_order, "{status}\n{}", fire.program.log());
        longest = longest.max(took);
    }
    fire.starts();
    let telegram = fire.program.telegram.clone();
    let ashes = fire.burns_out().await;
    closing_line(&format!(
        "{stops} times told to stop (SIGTERM): {ashes}; the longest took {longest:.1?}"
    ));
    assert_eq!((ashes.lost, ashes.twice, ashes.again), (0, 0, 0));
    assert!(longest < IN_TIME, "{longest:?}");
    limits_were_kept(&telegram);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn told_to_stop_while_telegram_hangs_it_ends_in_time() {
    let mut fire = Fire::new(Load {
        notes: 40,
        parents: 3,
    })
    .await;
    fire.parents_talk();
    fire.starts();
    fire.waits_for_an_instant(2000, 2).await;
    let telegram = fire.program.telegram.clone();
    telegram.keeps_failing(Target::All, Fault::Hang);
    let (status, took) = fire.program.is_told_to_stop().await;
    assert!(status.success(), "{status}\n{}", fire.program.log());
    telegram.recovers();
    fire.starts();
    let ashes = fire.burns_out().await;
    closing_line(&format!(
        "told to stop while Telegram hangs: {ashes}; it took {took:.1?}"
    ));
    // (One that Telegram takes without ever answering would come once more: nobody can know.)
    assert_eq!((ashes.lost, ashes.twice), (0, 0));
    assert!(took < IN_TIME, "{took:?}");
}
