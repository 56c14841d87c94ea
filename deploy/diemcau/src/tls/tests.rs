//! What people who trust our certificates may rely on: kept while good, renewed in time, bound to
//! its names, never replaced by something worse.

use super::authority::Authority;
use super::names::Names;
use super::pair::Pair;
use super::{Certificates, Source, Stamp, retry_pause_s};
use crate::config::CertificateFiles;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{ServerName, UnixTime};
use signalling_server::ServedCertificate;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const NOW_S: i64 = 1_800_000_000;
const DAY_S: i64 = 86_400;

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("diemcau-tls-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn authority(&self, names: &Names, now_s: i64) -> Authority {
        Authority::open(&self.0, names, now_s).expect("opened")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn names(configured: &[&str]) -> Names {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Names { configured: owned(configured), found: owned(&["localhost", "10.0.0.5"]) }
}

/// Whether a client that installed the root accepts `pair` for `name`.
fn is_believed(authority: &Authority, pair: &Pair, name: &'static str, now_s: i64) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(authority.local_root().der.into()).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().expect("a verifier");
    let leaf = pair.leaf().to_vec().into();
    let name = ServerName::try_from(name).expect("a name");
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now_s.unsigned_abs()));
    verifier.verify_server_cert(&leaf, &[], &name, &[], now).is_ok()
}

#[test]
fn client_with_the_root_believes_the_server_under_each_of_its_names() {
    let folder = Folder::new("believed");
    let names = names(&["hop.example.vn", "203.0.113.7"]);
    let authority = folder.authority(&names, NOW_S);
    let pair = authority.server_pair(&names, NOW_S).expect("issued");
    for name in ["hop.example.vn", "203.0.113.7", "localhost", "10.0.0.5"] {
        assert!(is_believed(&authority, &pair, name, NOW_S), "{name}");
        // A clock that is a day slow.
        assert!(is_believed(&authority, &pair, name, NOW_S - DAY_S), "{name}");
    }
    assert!(!is_believed(&authority, &pair, "other.example.vn", NOW_S));
    for file in ["root-key.pem", "server-key.pem"] {
        let mode = std::fs::metadata(folder.0.join(file)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn stolen_root_key_cannot_vouch_for_another_site() {
    let folder = Folder::new("bound");
    let authority = folder.authority(&names(&["hop.example.vn"]), NOW_S);
    let chain = folder.0.join("forged.pem");
    let files = CertificateFiles { chain, private_key: folder.0.join("forged-key.pem") };
    let root_key = std::fs::read_to_string(folder.0.join("root-key.pem")).expect("there");
    let thief = rcgen::Issuer::from_ca_cert_der(
        &authority.local_root().der.into(),
        rcgen::KeyPair::from_pem(&root_key).expect("a key"),
    );
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec!["bank.example".to_owned()]).expect("a name");
    let forged = params.signed_by(&key, &thief.expect("an issuer")).expect("signed");
    let pair = Pair::from_pem(forged.pem().as_bytes(), key.serialize_pem().as_bytes(), &files);
    assert!(!is_believed(&authority, &pair.expect("a pair"), "bank.example", NOW_S));
}

#[test]
fn root_outlives_restarts_renewals_and_moved_addresses() {
    let folder = Folder::new("kept");
    let first = folder.authority(&names(&["hop.example.vn"]), NOW_S);
    let root = first.local_root().der;
    let pair = first.server_pair(&names(&["hop.example.vn"]), NOW_S).expect("issued");

    let mut moved = names(&["hop.example.vn"]);
    moved.found = vec!["localhost".to_owned(), "192.168.7.7".to_owned(), "8.8.8.8".to_owned()];
    let again = folder.authority(&moved, NOW_S + DAY_S);
    assert_eq!(again.local_root().der, root);
    let reissued = again.server_pair(&moved, NOW_S + DAY_S).expect("issued");
    assert!(reissued.covers("192.168.7.7") && !reissued.covers("8.8.8.8"), "{:?}", reissued.names);

    let kept = again.server_pair(&moved, NOW_S + 2 * DAY_S).expect("kept");
    assert_eq!(kept.leaf(), reissued.leaf());
    let due_s = reissued.life.renewal_s();
    let renewed = again.server_pair(&moved, due_s).expect("renewed");
    assert_ne!(renewed.leaf(), reissued.leaf());
    assert!(renewed.life.until_s > pair.life.until_s);
}

#[test]
fn root_is_made_anew_only_for_a_configured_name_or_at_its_end() {
    let folder = Folder::new("anew");
    let root = folder.authority(&names(&["hop.example.vn"]), NOW_S).local_root().der;
    let below = folder.authority(&names(&["hop.example.vn", "a.hop.example.vn", "10.1.1.1"]), NOW_S);
    assert_eq!(below.local_root().der, root);
    let other = folder.authority(&names(&["hop.example.vn", "khac.example.vn"]), NOW_S);
    assert_ne!(other.local_root().der, root);
    let pair = other.server_pair(&names(&["khac.example.vn"]), NOW_S).expect("issued");
    assert!(is_believed(&other, &pair, "khac.example.vn", NOW_S));
    let late_s = NOW_S + 3640 * DAY_S;
    assert_ne!(
        folder.authority(&names(&["khac.example.vn"]), late_s).local_root().der,
        other.local_root().der
    );
}

#[test]
fn root_without_its_key_is_an_error_and_not_a_new_root() {
    let folder = Folder::new("lost");
    folder.authority(&names(&[]), NOW_S);
    std::fs::remove_file(folder.0.join("root-key.pem")).expect("removed");
    let failure = Authority::open(&folder.0, &names(&[]), NOW_S).err().expect("no key");
    assert!(failure.path.ends_with("root-key.pem"), "{failure}");
}

#[tokio::test]
async fn bad_files_never_replace_a_good_certificate() {
    let folder = Folder::new("reload");
    let names = names(&[]);
    let authority = folder.authority(&names, NOW_S);
    let old = authority.server_pair(&names, NOW_S).expect("issued");
    let files =
        CertificateFiles { chain: folder.0.join("server.pem"), private_key: folder.0.join("server-key.pem") };
    let served = ServedCertificate::new(old.key.clone(), false);
    let source = Source::Own { files: files.clone(), seen: Stamp::of(&files) };
    let mut certificates = Certificates::with(served, None, source, names.clone(), &old);

    std::fs::write(&files.chain, "half a file").expect("written");
    certificates.turn(NOW_S, false).await;
    assert_eq!(certificates.shown, old.leaf());
    let new = authority.server_pair(&names, NOW_S).expect("issued anew");
    certificates.turn(NOW_S, false).await;
    assert_eq!(certificates.shown, new.leaf());
    std::fs::remove_file(&files.private_key).expect("removed");
    certificates.turn(NOW_S, true).await;
    assert_eq!(certificates.shown, new.leaf());
}

#[test]
fn files_of_different_certificates_are_told_apart() {
    let (one, other) = (Folder::new("one"), Folder::new("other"));
    for folder in [&one, &other] {
        folder.authority(&names(&[]), NOW_S).server_pair(&names(&[]), NOW_S).expect("issued");
    }
    let mixed =
        CertificateFiles { chain: one.0.join("server.pem"), private_key: other.0.join("server-key.pem") };
    assert!(Pair::read(&mixed).expect_err("not a pair").what.contains("does not fit"));
}

#[test]
fn authority_that_refuses_is_asked_less_and_less() {
    let pauses: Vec<i64> = (0..12).map(retry_pause_s).collect();
    assert_eq!(pauses[..3], [60, 120, 240]);
    assert_eq!(pauses[11], 6 * 3600);
    assert_eq!(retry_pause_s(u32::MAX), 6 * 3600);
}
