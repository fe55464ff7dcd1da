//! One line of the audit: `{"id","text"}` in, `{"id","tier","category","lang"}` out.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::decide;
use super::finding::Category;

/// Why a line could not be read. Quotes nothing of the line.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AuditError {
    /// Not JSON, or not an object with `id` and `text`.
    #[error("not a JSON object with \"id\" and \"text\" (column {column})")]
    NotALine {
        /// Where reading stopped, from 1.
        column: usize,
    },
    /// The id is neither text nor a number.
    #[error("\"id\" is to be a text or a number")]
    BadId,
}

#[derive(Deserialize)]
struct Asked {
    id: Value,
    text: String,
}

#[derive(Serialize)]
struct Answer {
    id: Value,
    tier: &'static str,
    category: &'static str,
    lang: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Vec<String>>,
}

/// Audits one line; with `explain`, the answer also says which rules matched which words.
///
/// The category is `none` when the tier is; the language is `und` when no word tells.
///
/// # Errors
/// [`AuditError`]; the caller adds the line's number and goes on.
pub fn audit_line(line: &str, explain: bool) -> Result<String, AuditError> {
    let asked: Asked = serde_json::from_str(line).map_err(|error| AuditError::NotALine {
        column: error.column(),
    })?;
    if !(asked.id.is_string() || asked.id.is_number()) {
        return Err(AuditError::BadId);
    }
    let (finding, why) = if explain {
        let explanation = decide::explain(&asked.text);
        (explanation.finding, Some(explanation.lines))
    } else {
        (decide::read(&asked.text), None)
    };
    let answer = Answer {
        id: asked.id,
        tier: finding.tier.code(),
        category: finding.primary().map_or("none", Category::code),
        lang: finding.language.map_or("und", |language| language.code()),
        why,
    };
    Ok(serde_json::to_string(&answer).expect("texts and numbers always serialize"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_were() {
        let answer = audit_line(r#"{"id":7,"text":"hi","more":1}"#, false).unwrap();
        assert!(
            answer.starts_with(r#"{"id":7,"tier":"none","category":"none""#),
            "{answer}"
        );
        let answer = audit_line(r#"{"id":"a","text":"quiero morirme"}"#, false).unwrap();
        assert_eq!(
            answer,
            r#"{"id":"a","tier":"emergency","category":"suicide","lang":"es"}"#
        );
    }

    #[test]
    fn a_bad_line_is_an_error_that_quotes_nothing() {
        for line in [
            "",
            "nonsense",
            "{}",
            r#"{"id":1}"#,
            "[1]",
            r#"{"id":1,"text":5}"#,
        ] {
            let error = audit_line(line, false).unwrap_err().to_string();
            assert!(!error.contains("nonsense"), "{error}");
        }
        assert_eq!(
            audit_line(r#"{"id":null,"text":"a"}"#, false),
            Err(AuditError::BadId)
        );
    }
}
