//! The data key, and what is derived from it: how a chat's id is found, sealed and ordered.
//!
//! Knows nothing of databases. The key itself is never kept: three subkeys are derived from it and it is dropped.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, bail, ensure};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::domain::ChatId;

/// Length of the data key and of everything derived from it, in bytes.
const KEY_BYTES: usize = 32;
/// Length of the nonce of XChaCha20-Poly1305 in bytes: long enough to be drawn at random for every value.
const NONCE_BYTES: usize = 24;

/// By what a chat is found: a keyed hash of its id, meaningless without the key.
pub(super) type ChatHash = [u8; KEY_BYTES];

/// Everything derived from the data key. Cheap to clone; `Debug` shows nothing.
#[derive(Clone)]
pub struct Keys(Arc<Subkeys>);

struct Subkeys {
    find: SecretBox<[u8; KEY_BYTES]>,
    seal: SecretBox<[u8; KEY_BYTES]>,
    order: SecretBox<[u8; KEY_BYTES]>,
    /// Names the key without giving it away: stored in the database to notice another key.
    check: String,
    webhook: SecretString,
}

impl Keys {
    /// Reads a key of 32 bytes: 64 hexadecimal digits, or base64 of either alphabet. Space around it is ignored.
    /// The error never repeats the text.
    pub fn from_text(text: &str) -> anyhow::Result<Self> {
        let bytes = decode(text.trim()).context(
            "the data key must be 32 bytes, as 64 hexadecimal digits or 44 characters of base64; \
             `slowbloom keygen` makes one",
        )?;
        ensure!(
            bytes.expose_secret().iter().any(|byte| *byte != 0),
            "the data key is all zeros; `slowbloom keygen` makes a real one"
        );
        Ok(Self::derive(&bytes))
    }

    /// A new key as text, as `slowbloom keygen` prints it: 64 hexadecimal digits.
    pub fn generate_text() -> SecretString {
        let bytes = SecretBox::new(Box::new(random::<KEY_BYTES>()));
        blake3::Hash::from_bytes(*bytes.expose_secret())
            .to_hex()
            .to_string()
            .into()
    }

    /// Reads the key file, or makes it (readable by its owner only) with a new key when there is none.
    /// Refuses a file that everyone on the machine may read or change.
    pub fn load_or_create(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            Self::can_be_made(path)?;
            create(path).with_context(|| unmakable(path))?;
        }
        Self::load(path)
    }

    /// Refuses a place at which [`Keys::load_or_create`] could make no key file. Makes nothing.
    pub fn can_be_made(path: &Path) -> anyhow::Result<()> {
        super::place::writable(path).with_context(|| unmakable(path))
    }

    /// Reads the key file, with the same refusals.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        ensure!(
            !path.is_dir(),
            "the key file {} is a folder; name a file in it",
            path.display()
        );
        refuse_open_doors(path)?;
        let text: SecretString = fs::read_to_string(path)
            .map_err(|error| unreadable(path, error))?
            .into();
        ensure!(
            !text.expose_secret().trim().is_empty(),
            "the key file {} is empty; put the key back, or, if nothing is stored yet, delete the file",
            path.display()
        );
        Self::from_text(text.expose_secret())
            .with_context(|| format!("in the key file {}", path.display()))
    }

    /// A number that decides the order in which this parent sees the notes: the same for ever, different for each.
    pub fn rotation_key(&self, chat: ChatId) -> u64 {
        let hash = blake3::keyed_hash(self.0.order.expose_secret(), &chat.0.to_le_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        u64::from_le_bytes(first)
    }

    /// What Telegram proves itself with at the webhook when the settings name nothing else: the same after a restart
    /// and in every process that has this key. 64 hexadecimal digits.
    pub fn webhook_secret(&self) -> SecretString {
        self.0.webhook.clone()
    }

    /// By what this chat is found in every table.
    pub(super) fn hash(&self, chat: ChatId) -> ChatHash {
        *blake3::keyed_hash(self.0.find.expose_secret(), &chat.0.to_le_bytes()).as_bytes()
    }

    /// Encrypts `plain` so that it opens only in this table and for this chat.
    pub(super) fn seal(&self, table: &str, hash: &ChatHash, plain: &[u8]) -> Vec<u8> {
        let nonce = random::<NONCE_BYTES>();
        let payload = Payload {
            msg: plain,
            aad: &bound_to(table, hash),
        };
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a value of a few kilobytes is within the cipher's limit of 256 GB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Decrypts what [`Keys::seal`] made; `None` when it was made elsewhere, by another key, or was touched since.
    pub(super) fn unseal(&self, table: &str, hash: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
        let payload = Payload {
            msg: sealed,
            aad: &bound_to(table, hash),
        };
        self.cipher()
            .decrypt(XNonce::from_slice(nonce), payload)
            .ok()
    }

    /// A text that only this key makes and that says nothing about it.
    pub(super) fn check_value(&self) -> &str {
        &self.0.check
    }

    fn derive(root: &SecretBox<[u8; KEY_BYTES]>) -> Self {
        // Changing a context makes every stored row unreadable.
        let subkey = |context| blake3::derive_key(context, root.expose_secret());
        let secret = |context| SecretBox::new(Box::new(subkey(context)));
        let digits = |context| {
            blake3::Hash::from_bytes(subkey(context))
                .to_hex()
                .to_string()
        };
        Self(Arc::new(Subkeys {
            find: secret("slowbloom 2026-11 find a chat"),
            seal: secret("slowbloom 2026-11 seal a value"),
            order: secret("slowbloom 2026-11 order of notes"),
            check: digits("slowbloom 2026-11 key check"),
            webhook: digits("slowbloom 2026-11 webhook secret").into(),
        }))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.seal.expose_secret().into())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

fn bound_to(table: &str, hash: &[u8]) -> Vec<u8> {
    [table.as_bytes(), hash].concat()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random whole number from 0 up to 2^40.
pub(super) fn random_start() -> i64 {
    let mut bytes = [0; 8];
    bytes[..5].copy_from_slice(&random::<5>());
    i64::from_le_bytes(bytes)
}

fn decode(text: &str) -> Option<SecretBox<[u8; KEY_BYTES]>> {
    if let Ok(hash) = blake3::Hash::from_hex(text) {
        return Some(SecretBox::new(Box::new(*hash.as_bytes())));
    }
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|letters| GeneralPurpose::new(letters, lenient).decode(text).ok())?;
    Some(SecretBox::new(Box::new(bytes.try_into().ok()?)))
}

fn unreadable(path: &Path, error: io::Error) -> anyhow::Error {
    let remedy = match error.kind() {
        io::ErrorKind::PermissionDenied => "; give it to the user that runs the bot",
        io::ErrorKind::InvalidData => "; put the key back",
        _ => "",
    };
    let place = path.display();
    anyhow::Error::new(error).context(format!("cannot read the key file {place}{remedy}"))
}

fn unmakable(path: &Path) -> String {
    format!("cannot make the key file {}", path.display())
}

/// Writes the file so that no one else can read it at any moment, and so that it outlives a power cut: a database
/// whose key is lost is lost.
fn create(path: &Path) -> anyhow::Result<()> {
    let folder = super::place::folder_of(path);
    super::place::create_folder(folder)?;
    let mut file =
        match super::place::owner_only(fs::OpenOptions::new().write(true).create_new(true))
            .open(path)
        {
            // Another process was faster: its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            file => file?,
        };
    let key = Keys::generate_text();
    file.write_all(format!("{}\n", key.expose_secret()).as_bytes())?;
    file.sync_all()?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(unix)]
fn refuse_open_doors(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    /// Read or write for everyone.
    const EVERYONE: u32 = 0o006;
    let mode = fs::metadata(path)
        .map_err(|error| unreadable(path, error))?
        .permissions()
        .mode();
    if mode & EVERYONE != 0 {
        bail!(
            "the key file {0} is open to everyone on this machine; close it with: chmod 600 {0}",
            path.display()
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_doors(_path: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    const HEX: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn keys() -> Keys {
        Keys::from_text(HEX).unwrap()
    }

    #[test]
    fn every_spelling_of_a_key_is_the_same_key() {
        for text in [
            HEX.to_uppercase().as_str(),
            " 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\r\n",
            "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=",
            "ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8",
        ] {
            let same = Keys::from_text(text).unwrap();
            assert_eq!(same.check_value(), keys().check_value(), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        let zeros = "0".repeat(64);
        for text in ["", "hush-hush", &HEX[2..], zeros.as_str()] {
            let error = format!("{:?}", Keys::from_text(text).unwrap_err());
            assert!(error.contains("keygen"), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn generated_keys_are_keys_and_differ() {
        let [one, other] = [(); 2].map(|()| Keys::generate_text());
        let [one, other] = [one, other].map(|text| Keys::from_text(text.expose_secret()).unwrap());
        assert_ne!(one.check_value(), other.check_value());
    }

    /// Stored rows depend on these; a change here would make every database unreadable.
    #[test]
    fn what_is_derived_never_changes() {
        let hash = blake3::Hash::from_bytes(keys().hash(ChatId(1)));
        expect!["cbb9764baf1f34e07aec91b7a8812cdd1486be41732263b9fa0acd7955ff8d1d"]
            .assert_eq(&hash.to_hex());
        expect!["4872aba7c89e2f8bb1f418abc87ab10f70d7d3f6349c9cc89b01f1f41a9a40a6"]
            .assert_eq(keys().check_value());
        expect!["14161229883655097617"].assert_eq(&keys().rotation_key(ChatId(1)).to_string());
    }

    #[test]
    fn a_sealed_value_opens_only_where_it_belongs() {
        let keys = keys();
        let [one, other] = [1, 2].map(|chat| keys.hash(ChatId(chat)));
        let sealed = keys.seal("subscribers", &one, b"hush");
        assert_eq!(
            keys.unseal("subscribers", &one, &sealed).as_deref(),
            Some(b"hush".as_slice())
        );
        assert_eq!(keys.unseal("parked", &one, &sealed), None);
        assert_eq!(keys.unseal("subscribers", &other, &sealed), None);
        let stranger = Keys::from_text(&"ab".repeat(32)).unwrap();
        assert_eq!(stranger.unseal("subscribers", &one, &sealed), None);
        for byte in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[byte] ^= 1;
            assert_eq!(keys.unseal("subscribers", &one, &touched), None);
        }
        assert_eq!(keys.unseal("subscribers", &one, b"short"), None);
        assert_ne!(sealed, keys.seal("subscribers", &one, b"hush"));
    }

    #[test]
    fn nothing_is_shown() {
        assert_eq!(format!("{:?}", keys()), "Keys(…)");
    }

    #[test]
    fn a_key_file_is_made_once_and_read_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/slowbloom.key");
        let first = Keys::load_or_create(&path).unwrap();
        let second = Keys::load_or_create(&path).unwrap();
        assert_eq!(first.check_value(), second.check_value());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slowbloom.key");
        Keys::load_or_create(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);

        for open in [0o644, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
            let error = Keys::load_or_create(&path).unwrap_err().to_string();
            assert!(error.contains("is open to everyone"), "{error}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        Keys::load(&path).unwrap();
    }

    #[test]
    fn a_broken_key_file_is_said_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slowbloom.key");
        Keys::load_or_create(&path).unwrap();
        let error = Keys::load_or_create(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is a folder"), "{error}");
        for (text, reason) in [("\n", "is empty"), ("hush-hush", "32 bytes")] {
            fs::write(&path, text).unwrap();
            let error = format!("{:#}", Keys::load_or_create(&path).unwrap_err());
            assert!(error.contains(reason), "{error}");
            assert!(error.contains("slowbloom.key"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
