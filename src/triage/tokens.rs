//! Words: from letters to words, with sentence breaks, slang and contractions written out.
//!
//! Knows how people shorten words, not what the words mean.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::fold::{Glyph, glyphs};

/// A word as typed, before anything is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rough {
    /// Letters, digits, apostrophes and leet marks.
    pub(super) text: String,
    /// Whether a sentence begins here.
    pub(super) breaks: bool,
    /// More than one space before: where spaced-out words are parted.
    pub(super) wide: bool,
    /// Put together from letters that stood alone.
    pub(super) spelled: bool,
}

/// Cuts a text into rough words; an emoji moves to the end of its sentence, so that it parts no phrase.
pub(super) fn rough(text: &str) -> Vec<Rough> {
    let mut cutter = Cutter::default();
    let all = glyphs(text);
    for (index, glyph) in all.iter().enumerate() {
        match *glyph {
            Glyph::Letter(letter) => cutter.letter(letter),
            Glyph::Apostrophe => cutter.letter('\''),
            Glyph::Leet(mark) => cutter.letter(mark),
            // "5.5" and "k!ll": a mark between letters belongs to the word; "no.quiero" is a slip of the thumb.
            Glyph::Stop => cutter.stop(),
            Glyph::Space => cutter.space(index > 0 && all[index - 1] == Glyph::Space),
            Glyph::Emoji(emoji) => cutter.emoji(emoji),
        }
    }
    cutter.finish()
}

#[derive(Default)]
struct Cutter {
    done: Vec<Rough>,
    word: String,
    emojis: Vec<char>,
    breaks: bool,
    wide: bool,
}

impl Cutter {
    fn letter(&mut self, letter: char) {
        self.word.push(letter);
    }

    fn space(&mut self, again: bool) {
        self.close();
        self.wide |= again;
    }

    fn stop(&mut self) {
        self.close();
        self.flush_emojis();
        self.breaks = true;
    }

    fn emoji(&mut self, emoji: char) {
        self.close();
        if !self.emojis.contains(&emoji) {
            self.emojis.push(emoji);
        }
    }

    fn close(&mut self) {
        let word = std::mem::take(&mut self.word);
        let trimmed = word.trim_matches(['\'', '*', '@', '$']);
        if !trimmed.is_empty() {
            self.done.push(Rough {
                text: trimmed.to_owned(),
                breaks: std::mem::take(&mut self.breaks),
                wide: std::mem::take(&mut self.wide),
                spelled: false,
            });
        }
    }

    fn flush_emojis(&mut self) {
        for emoji in std::mem::take(&mut self.emojis) {
            self.done.push(Rough {
                text: emoji.to_string(),
                breaks: false,
                wide: false,
                spelled: false,
            });
        }
    }

    fn finish(mut self) -> Vec<Rough> {
        self.close();
        self.flush_emojis();
        self.done
    }
}

/// Contractions and chat spellings that are always the same words.
/// Written without apostrophes, because most people type them so.
const WRITTEN_OUT: &[(&str, &str)] = &[
    ("aint", "is not"),
    ("arent", "are not"),
    ("cant", "can not"),
    ("cannot", "can not"),
    ("couldnt", "could not"),
    ("couldve", "could have"),
    ("didnt", "did not"),
    ("doesnt", "does not"),
    ("dont", "do not"),
    ("dunno", "do not know"),
    ("gimme", "give me"),
    ("gonna", "going to"),
    ("gona", "going to"),
    ("gunna", "going to"),
    ("gon", "going to"),
    ("finna", "going to"),
    ("imma", "i am going to"),
    ("ima", "i am going to"),
    ("gotta", "got to"),
    ("hadnt", "had not"),
    ("hafta", "have to"),
    ("hasnt", "has not"),
    ("havent", "have not"),
    ("hes", "he is"),
    ("howd", "how would"),
    ("hows", "how is"),
    ("im", "i am"),
    ("isnt", "is not"),
    ("itd", "it would"),
    ("itll", "it will"),
    ("its", "it is"),
    ("ive", "i have"),
    ("lemme", "let me"),
    ("mustnt", "must not"),
    ("neednt", "need not"),
    ("oughta", "ought to"),
    ("outta", "out of"),
    ("shes", "she is"),
    ("shouldnt", "should not"),
    ("shoulda", "should have"),
    ("shouldve", "should have"),
    ("somethings", "something is"),
    ("someones", "someone is"),
    ("thats", "that is"),
    ("theres", "there is"),
    ("theyd", "they would"),
    ("theyll", "they will"),
    ("theyre", "they are"),
    ("theyve", "they have"),
    ("tryna", "trying to"),
    ("wanna", "want to"),
    ("wana", "want to"),
    ("wasnt", "was not"),
    ("werent", "were not"),
    ("weve", "we have"),
    ("whats", "what is"),
    ("whos", "who is"),
    ("wont", "will not"),
    ("wouldnt", "would not"),
    ("wouldve", "would have"),
    ("woulda", "would have"),
    ("yall", "you all"),
    ("youd", "you would"),
    ("youll", "you will"),
    ("youre", "you are"),
    ("youve", "you have"),
    ("babys", "baby s"),
    ("u", "you"),
    ("ur", "your"),
    ("r", "are"),
    ("n", "and"),
    ("nd", "and"),
    ("cuz", "because"),
    ("coz", "because"),
    ("bc", "because"),
    ("cos", "because"),
    ("b4", "before"),
    ("gr8", "great"),
    ("2day", "today"),
    ("2nite", "tonight"),
    ("2night", "tonight"),
    ("tonite", "tonight"),
    ("2moro", "tomorrow"),
    ("tmrw", "tomorrow"),
    ("som1", "someone"),
    ("some1", "someone"),
    ("every1", "everyone"),
    ("any1", "anyone"),
    ("no1", "no one"),
    ("ppl", "people"),
    ("pls", "please"),
    ("plz", "please"),
    ("rn", "right now"),
    ("idk", "i do not know"),
    ("idc", "i do not care"),
    ("ik", "i know"),
    ("tho", "though"),
    ("thru", "through"),
    ("urself", "yourself"),
    ("bf", "boyfriend"),
    ("gf", "girlfriend"),
    ("hubby", "husband"),
    ("hubbys", "husband s"),
    ("dh", "husband"),
    ("lil", "little"),
    ("bby", "baby"),
    ("bubs", "bub"),
    ("mum", "mom"),
    ("mums", "moms"),
    ("mommy", "mom"),
    ("mummy", "mom"),
    // Spanish
    ("q", "que"),
    ("ke", "que"),
    ("k", "que"),
    ("xq", "porque"),
    ("pq", "porque"),
    ("xk", "porque"),
    ("porq", "porque"),
    ("xa", "para"),
    ("pa", "para"),
    ("x", "por"),
    ("tb", "tambien"),
    ("tmb", "tambien"),
    ("tbn", "tambien"),
    ("bb", "bebe"),
    ("bbe", "bebe"),
    ("ntp", "no te preocupes"),
    ("stoy", "estoy"),
    ("tqm", "te quiero mucho"),
    ("aki", "aqui"),
    ("hize", "hice"),
    ("kien", "quien"),
    ("qiero", "quiero"),
    ("kero", "quiero"),
    ("qro", "quiero"),
    ("amm", "am"),
];

/// What stands after an apostrophe.
const TAILS: &[(&str, &str)] = &[
    ("s", "s"),
    ("m", "am"),
    ("re", "are"),
    ("ve", "have"),
    ("ll", "will"),
    ("d", "would"),
];

/// The words that a rough word is always written out to, or none.
pub(super) fn written_out(rough: &str) -> Option<Vec<String>> {
    if let Some((_, words)) = lookup(WRITTEN_OUT, rough) {
        return Some(words.split(' ').map(str::to_owned).collect());
    }
    if !rough.contains('\'') {
        return None;
    }
    let bare: String = rough.chars().filter(|letter| *letter != '\'').collect();
    if let Some((_, words)) = lookup(WRITTEN_OUT, &bare) {
        return Some(words.split(' ').map(str::to_owned).collect());
    }
    if let Some((head, tail)) = rough.rsplit_once('\'')
        && let Some((_, word)) = lookup(TAILS, tail)
        && !head.contains('\'')
        && !head.is_empty()
    {
        let head = lookup(WRITTEN_OUT, head).map_or(head, |(_, words)| words);
        let mut words: Vec<String> = head.split(' ').map(str::to_owned).collect();
        words.push(word.to_owned());
        return Some(words);
    }
    Some(vec![bare])
}

fn lookup(
    table: &'static [(&'static str, &'static str)],
    key: &str,
) -> Option<(&'static str, &'static str)> {
    static CHAT: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    if table.len() == TAILS.len() {
        return table.iter().copied().find(|(from, _)| *from == key);
    }
    let chat = CHAT.get_or_init(|| WRITTEN_OUT.iter().copied().collect());
    chat.get_key_value(key).map(|(from, to)| (*from, *to))
}
