//! Told to stop (SIGTERM) while the whole PostgreSQL server is frozen: it ends in time, whatever it waits for.

use std::{os::unix::process::ExitStatusExt as _, time::Duration};

use slowbloom::sandbox::{Fault, Target};

use super::{
    IN_FLIGHT,
    machines::{Machine, NOTES, Pair, Way, helped},
};
use crate::support::{figures::closing_line, postgres::Cluster};

/// What SPEC 3.2 promises.
const IN_TIME: Duration = Duration::from_secs(10);
const SIGTERM: i32 = 15;

/// Told to stop; how long it takes.
async fn ends_in_time(machine: &mut Machine) -> Duration {
    let (status, took) = machine.program.is_told_to_stop().await;
    // Told so soon that it did not listen yet, it is ended by the signal itself.
    let in_order = status.success() || status.signal() == Some(SIGTERM);
    assert!(in_order, "{status}\n{}", machine.program.log());
    assert!(took < IN_TIME, "{took:?}\n{}", machine.program.log());
    took
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn told_to_stop_while_its_database_is_frozen_it_ends_in_time() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let url = cluster.fresh_database().await;
    let mut pair = Pair::on(&url, [&url, &url], Way::Polls).await;
    let clock = pair.machines[0].program.clock.clone();
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;

    let open = pair.not_written_down().await;
    let froze = pair.now();
    let frozen = cluster.freezes();
    // Her row cannot be changed: that is at work when it is told to stop. And so are requests to a Telegram that hangs.
    helped(pair.telegram(), 1, &clock).await;
    pair.telegram().keeps_failing(Target::All, Fault::Hang);
    pair.telegram().parent(3, "luz", "es").says("/signs");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let leading = ends_in_time(&mut pair.machines[0]).await;
    let most = open + pair.notes_between(froze, pair.now()).len() + IN_FLIGHT;
    pair.telegram().recovers();
    let standing_by = ends_in_time(&mut pair.machines[1]).await;
    pair.machines[0].program.starts();
    let mut starting = Duration::ZERO;
    for moment in [300, 1000] {
        tokio::time::sleep(Duration::from_millis(moment)).await;
        starting = starting.max(ends_in_time(&mut pair.machines[0]).await);
        pair.machines[0].program.starts();
    }
    ends_in_time(&mut pair.machines[0]).await;
    drop(frozen);

    pair.machines[0].program.starts();
    pair.machines[0].until_it_says("leading").await;
    let twice = pair.every_note_arrives(&parents).await;
    pair.telegram().all_confirmed().await.unwrap();
    let frozen = cluster.freezes();
    pair.machines[0]
        .until_it_says("leading; the database is away")
        .await;
    helped(pair.telegram(), 2, &clock).await;
    let in_doubt = ends_in_time(&mut pair.machines[0]).await;
    drop(frozen);
    closing_line(&format!(
        "told to stop while PostgreSQL is frozen: the leader ended in {leading:.1?} (Telegram hung as well), one that knew it in {in_doubt:.1?}, one \
         that stood by in {standing_by:.1?}, one that was starting in {starting:.1?}; of {NOTES} notes 0 lost, {twice} twice"
    ));
    // What it sent in its last moments could not be written down.
    assert!(twice <= most, "{twice} notes came twice, {most} might");
}
