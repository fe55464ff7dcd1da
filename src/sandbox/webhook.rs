//! Pushing updates to the bot's webhook; an update is confirmed by 200 and comes again after anything else.

use std::time::Duration;

use reqwest::{Client, header};

use super::{stand_in::Shared, updates::Push};

/// How long the bot may take to answer (observed at Telegram's servers).
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a refused update waits. Telegram waits longer each time; a test should not.
const PAUSE: Duration = Duration::from_millis(200);

/// Pushes for ever.
pub(super) async fn push_updates(shared: Shared) {
    let client = Client::builder().no_proxy().timeout(PATIENCE).build();
    let client = client.expect("a client without certificates or proxies can be built");
    let mut changes = shared.changes();
    loop {
        changes.mark_unchanged();
        while let Some(push) = shared.with(|model| model.queue.take_for_webhook()) {
            tokio::spawn(push_one(client.clone(), shared.clone(), push));
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn push_one(client: Client, shared: Shared, push: Push) {
    let mut request = client
        .post(&push.webhook.url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(push.json.get().to_owned());
    if let Some(secret) = &push.webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let outcome = match request.send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!(
            "Wrong response from the webhook: {}",
            response.status()
        )),
        Err(error) if error.is_timeout() => Err("Read timeout expired".to_owned()),
        Err(_) => Err("Connection refused".to_owned()),
    };
    if outcome.is_err() {
        tokio::time::sleep(PAUSE).await;
    }
    shared.change(|model| model.queue.pushed(&push, outcome));
}
