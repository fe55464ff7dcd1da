//! Reads the messages folder again whenever a file in it is saved.
//!
//! A broken edit keeps the last good version, and says which file and line and what is wrong.

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use notify::{EventKind, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::content::{Content, Folder, Live};

/// Editors save in several steps; the folder is read when it has been still for so long.
const STILL_FOR: Duration = Duration::from_millis(400);

/// Watches `folder` until `stop`, and puts what it says into `content`.
pub(super) async fn watch(
    folder: PathBuf,
    content: Live,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let (saved, mut changes) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading the folder raises events too, of being opened and closed: those would go round for ever.
        let wrote = event.is_ok_and(|event| {
            matches!(
                event.kind,
                EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
            )
        });
        if wrote {
            // An error means that the receiver is gone, and with it the program.
            let _ = saved.send(());
        }
    })
    .context("cannot watch folders on this machine")?;
    watcher
        .watch(&folder, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch the folder {}", folder.display()))?;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            change = changes.recv() => if change.is_none() { return Ok(()) },
        }
        while tokio::time::timeout(STILL_FOR, changes.recv())
            .await
            .is_ok()
        {}
        match read(&folder) {
            Ok(new) => {
                content.replace(new);
                tracing::info!("the messages were read again");
            }
            Err(problems) => tracing::error!(
                "the messages stay as they were, because the edit cannot be used:\n  {problems}"
            ),
        }
    }
}

/// The folder as content, or everything that is wrong with it, a line each.
pub(super) fn read(folder: &std::path::Path) -> Result<Content, String> {
    let folder = Folder::read(folder).map_err(|error| format!("{error:#}"))?;
    Content::load(&folder).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n  ")
    })
}
