//! Placeholder.
pub(crate) async fn run(_: &crate::Asked) -> anyhow::Result<()> {
    Ok(())
}
pub(crate) async fn bad_chat(_: &crate::Asked) -> anyhow::Result<()> {
    Ok(())
}
