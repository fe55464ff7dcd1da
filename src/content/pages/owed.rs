//! What each page owes: its places, and the sentences of the article that it shows in full (SAFETY.md section 6).

/// Room that is kept for `{helplines}`, in UTF-16 units.
const HELPLINES_UTF16: usize = 1000;
/// Room that is kept for `{commands}`: 25 commands with a line of description each.
const COMMANDS_UTF16: usize = 3000;

/// What one page must and may hold.
pub(super) struct Rule {
    pub(super) places: &'static [&'static str],
    /// Sentences of the article that the page shows, in this order.
    pub(super) shows: &'static [&'static str],
    /// Whether they stand in English in every language.
    pub(super) untranslated: bool,
    /// Room for what is filled in.
    pub(super) reserved_utf16: usize,
}

pub(super) const SIGNS: Rule = Rule {
    places: &[],
    // `sign.not_proof` closes the list (SAFETY.md 6.3).
    shows: &[
        "sign.head",
        "sign.lead",
        "sign.numb",
        "sign.no_joy",
        "sign.avoid",
        "sign.irritated",
        "sign.guilt",
        "sign.pain",
        "sign.not_proof",
    ],
    untranslated: false,
    reserved_utf16: 0,
};
pub(super) const CAUSES: Rule = Rule {
    places: &[],
    shows: &[
        "cause.head",
        "cause.narrative",
        "cause.research",
        "cause.lead",
        "cause.birth_trauma",
        "cause.ppd_ppa",
        "cause.exhaustion",
        "cause.expectations",
        "gradual.weeks_months",
    ],
    untranslated: false,
    reserved_utf16: 0,
};
pub(super) const MEANING: Rule = Rule {
    places: &[],
    shows: &[
        "not.head",
        "not.unloving",
        "not.nervous",
        "not.survival",
        "not.back_seat",
        "time.head",
        "time.no_expiry",
        "time.months",
        "time.showing_up",
        "time.safety",
        "time.seeds",
        "alone.head",
        "reassure.not_alone",
        "reassure.common",
        "alone.only_one",
        "alone.secret",
        "alone.truth",
    ],
    untranslated: false,
    reserved_utf16: 0,
};
pub(super) const SUPPORT: Rule = Rule {
    places: &["helplines"],
    shows: &[
        "how.head",
        "how.slow",
        "how.lead",
        "practice.eye_contact",
        "practice.skin",
        "practice.slow",
        "practice.self",
        "self.safety",
        "therapy.lead",
        "therapy.trauma",
        "therapy.ppd",
        "therapy.cbt",
        "therapy.identity",
    ],
    untranslated: false,
    reserved_utf16: HELPLINES_UTF16,
};
pub(super) const THERAPY: Rule = Rule {
    places: &["contact", "helplines"],
    shows: &[
        "therapy.head",
        "therapy.roots",
        "therapy.lead",
        "therapy.trauma",
        "therapy.ppd",
        "therapy.cbt",
        "therapy.identity",
        "therapy.fog",
        "cta.ready",
        "cta.reach",
    ],
    untranslated: false,
    reserved_utf16: HELPLINES_UTF16,
};
pub(super) const DISCLAIMER: Rule = Rule {
    places: &["in_danger", "in_crisis"],
    shows: &["disclaimer"],
    untranslated: true,
    reserved_utf16: 0,
};
pub(super) const ABOUT: Rule = Rule {
    places: &["review", "version"],
    shows: &["title", "disclaimer"],
    untranslated: true,
    reserved_utf16: 0,
};
pub(super) const PRIVACY: Rule = Rule {
    places: &["operator", "contact", "policy"],
    shows: &[],
    untranslated: false,
    reserved_utf16: 0,
};
pub(super) const CONSENT: Rule = Rule {
    places: &["in_danger", "in_crisis"],
    shows: &["disclaimer"],
    untranslated: false,
    reserved_utf16: 0,
};
pub(super) const GOODBYE: Rule = Rule {
    places: &["in_danger", "in_crisis"],
    shows: &[],
    untranslated: false,
    reserved_utf16: 0,
};
pub(super) const HELP: Rule = Rule {
    places: &["commands"],
    shows: &[],
    untranslated: false,
    reserved_utf16: COMMANDS_UTF16,
};
pub(super) const BONDING: Rule = Rule {
    places: &[],
    shows: &["reassure.not_alone", "reassure.common", "not.unloving"],
    untranslated: false,
    reserved_utf16: 0,
};
