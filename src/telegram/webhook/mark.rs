//! The leader's mark in the webhook's address, by which one that was cut off from its database sees that another leads.
//! Pure; must not know who leads, nor what the mark is made from.

/// Its name in the address's query.
const NAME: &str = "leader=";

/// The address with the mark behind what stands in its query already. Without a mark it stays as it is.
pub(super) fn marked(address: &str, mark: Option<i64>) -> String {
    let Some(mark) = mark else {
        return address.to_owned();
    };
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{NAME}{mark}")
}

/// The mark that `known` bears, if it is this address with a mark.
pub(super) fn mark_of(known: &str, address: &str) -> Option<i64> {
    let mark = known.strip_prefix(address)?.strip_prefix(['?', '&'])?;
    mark.strip_prefix(NAME)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_again_behind_any_address() {
        for (address, known) in [
            ("https://x.org/hook", "https://x.org/hook?leader=17"),
            ("https://x.org/hook?a=b", "https://x.org/hook?a=b&leader=17"),
        ] {
            assert_eq!(marked(address, Some(17)), known);
            assert_eq!(mark_of(known, address), Some(17));
            assert_eq!(marked(address, None), address);
            assert_eq!(mark_of(address, address), None);
        }
    }

    #[test]
    fn what_is_not_ours_has_no_mark() {
        for known in [
            "",
            "https://x.org/hook",
            "https://x.org/hook?leader=",
            "https://x.org/hook?leader=x",
            "https://x.org/hook2?leader=17",
            "https://y.org/hook?leader=17",
        ] {
            assert_eq!(mark_of(known, "https://x.org/hook"), None, "{known}");
        }
    }
}
