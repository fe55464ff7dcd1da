//! The data key, and what is derived from it: how a chat's id is found, sealed and ordered.
//!
//! Knows nothing of databases. The key itself is never kept: three subkeys are derived from it and it is dropped.

use std::{fmt, fs, io::Write, path::Path, sync::Arc};

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
        if !path.try_exists().with_context(|| unreadable(path))? {
            create(path).with_context(|| format!("cannot make the key file {}", path.display()))?;
        }
        Self::load(path)
    }

    /// Reads the key file, with the same refusals.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        refuse_open_doors(path)?;
        let text: SecretString = fs::read_to_string(path)
            .with_context(|| unreadable(path))?
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
        Self(Arc::new(Subkeys {
            find: secret("slowbloom 2026-11 find a chat"),
            seal: secret("slowbloom 2026-11 seal a value"),
            order: secret("slowbloom 2026-11 order of notes"),
            check: blake3::Hash::from_bytes(subkey("slowbloom 2026-11 key check"))
                .to_hex()
                .to_string(),
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
    let [a, b, c, d, e] = random::<5>();
    i64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
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

fn unreadable(path: &Path) -> String {
    format!("cannot read the key file {}", path.display())
}

/// Writes the file so that no one else can read it at any moment, and so that it outlives a power cut: a database
/// whose key is lost is lost.
fn create(path: &Path) -> anyhow::Result<()> {
    let folder = super::db::folder_of(path);
    super::db::create_folder(folder)?;
    let mut file = match super::db::owner_only(fs::OpenOptions::new().write(true).create_new(true))
        .open(path)
    {
        // Another process was faster: its key counts.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
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
        .with_context(|| unreadable(path))?
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
