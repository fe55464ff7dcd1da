//! The operator edits the messages while the bot runs.

use std::{fs, path::Path};

use slowbloom::content::{Content, Folder};

use crate::support::world::{MONDAY, World};

/// Copies the shipped folder, so that it can be edited.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn edit(folder: &Path, file: &str, old: &str, new: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{file} has “{old}”");
    fs::write(path, text.replace(old, new)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_said_without_a_restart_and_a_broken_one_keeps_the_last_good_words() {
    let folder = tempfile::tempdir().unwrap();
    copy(Path::new("messages"), folder.path());
    let world = World::with(
        MONDAY,
        &[("MESSAGES_DIR", &folder.path().display().to_string())],
    )
    .await;
    let mia = world.mia();
    let told = |words: &'static str| {
        let (world, mia) = (&world, &mia);
        async move {
            // The watcher is told by the operating system; asking again is how a parent would notice.
            for _ in 0..200 {
                world.says(mia, "/resume@another_bot").await;
                if world.last_to(mia).contains(words) {
                    return true;
                }
            }
            false
        }
    };
    let phrase = "That command is for another bot.";
    assert!(told(phrase).await);

    edit(
        folder.path(),
        "en/phrases.toml",
        phrase,
        "This one is for another bot.",
    );
    assert!(
        told("This one is for another bot.").await,
        "the edit is said"
    );

    edit(
        folder.path(),
        "en/phrases.toml",
        "This one is for another bot.",
        "<b>Broken",
    );
    let problems = Content::load(&Folder::read(folder.path()).unwrap()).unwrap_err();
    assert!(
        problems.to_string().contains("en/phrases.toml"),
        "{problems}"
    );
    edit(
        folder.path(),
        "en/phrases.toml",
        "saved = \"Saved.\"",
        "saved = \"Kept.\"",
    );
    assert!(
        told("This one is for another bot.").await,
        "the broken edit is not said"
    );

    edit(folder.path(), "en/phrases.toml", "<b>Broken", "Mended.");
    assert!(told("Mended.").await, "the mended edit is said");
}
