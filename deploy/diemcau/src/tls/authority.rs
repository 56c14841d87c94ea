//! The local certificate authority: a root that people install once, and the server's certificate.
//!
//! Opened by `tls` when no other authority is set. The root is replaced only when it cannot vouch
//! for a name that somebody configured: everybody who installed it would have to do so again.

use super::allowed::Allowed;
use super::life::Life;
use super::names::Names;
use super::pair::{Pair, Unusable, unusable};
use crate::config::CertificateFiles;
use crate::private_file;
use rand::Rng as _;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType,
};
use signalling_server::LocalRoot;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use time::{Duration, OffsetDateTime};
use tracing::{info, warn};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

/// The root is good for ten years; installing it is the dear part.
const ROOT_LIFE: Duration = Duration::days(3653);
/// The server's certificate is renewed by itself every 60 days; Apple's limit is 825 days.
const SERVER_LIFE: Duration = Duration::days(90);
/// Clocks of clients go wrong; a certificate of a minute ago would be refused by many.
const BACKDATED: Duration = Duration::days(2);

/// An opened authority.
pub struct Authority {
    folder: PathBuf,
    root: Pair,
    allowed: Allowed,
    issuer: Issuer<'static, KeyPair>,
}

fn root_files(folder: &Path) -> CertificateFiles {
    CertificateFiles { chain: folder.join("root.pem"), private_key: folder.join("root-key.pem") }
}

fn server_files(folder: &Path) -> CertificateFiles {
    CertificateFiles { chain: folder.join("server.pem"), private_key: folder.join("server-key.pem") }
}

impl Authority {
    /// The authority of `folder`; made when there is none, or when its root cannot serve `names`.
    ///
    /// # Errors
    /// When files cannot be written, or a root is there without its key.
    pub fn open(folder: &Path, names: &Names, now_s: i64) -> Result<Self, Unusable> {
        private_file::make_folder(folder)
            .map_err(|error| unusable(folder, format_args!("cannot be made ({error})")))?;
        let files = root_files(folder);
        if files.chain.exists() {
            let found = Self::read(folder)?;
            match found.unfit(names, now_s) {
                None => return Ok(found),
                Some(why) => {
                    warn!(why, "a new root certificate is made; everybody has to install it again");
                    found.put_away()?;
                }
            }
        }
        make_root(&files, &Allowed::of_names(&names.all()), now_s)?;
        info!("made a certificate authority of our own; its root can be installed from the page /ca");
        Self::read(folder)
    }

    /// The authority of `folder`, without making or changing anything; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn look(folder: &Path) -> Result<Option<Self>, Unusable> {
        if root_files(folder).chain.exists() { Self::read(folder).map(Some) } else { Ok(None) }
    }

    fn read(folder: &Path) -> Result<Self, Unusable> {
        let files = root_files(folder);
        let root = Pair::read(&files)?;
        let whole = |error: rcgen::Error| unusable(&files.chain, format_args!("is no root ({error})"));
        let key_text = std::fs::read_to_string(&files.private_key)
            .map_err(|error| unusable(&files.private_key, format_args!("cannot be read ({error})")))?;
        let key = KeyPair::from_pem(&key_text).map_err(whole)?;
        let issuer = Issuer::from_ca_cert_der(&root.leaf().to_vec().into(), key).map_err(whole)?;
        let allowed =
            X509Certificate::from_der(root.leaf()).ok().and_then(|(_, said)| Allowed::of_root(&said));
        let Some(allowed) = allowed else {
            return Err(unusable(&files.chain, "is no root that we made: it is bound to no names"));
        };
        Ok(Self { folder: folder.to_owned(), root, allowed, issuer })
    }

    /// Why this root cannot serve `names`, if so.
    pub fn unfit(&self, names: &Names, now_s: i64) -> Option<String> {
        if self.root.life.left_s(now_s) < SERVER_LIFE.whole_seconds() {
            return Some(format!("the root certificate ends on {}", self.root.life.last_day()));
        }
        let missing = names.configured.iter().find(|name| !self.allowed.covers(name))?;
        Some(format!("the root certificate may not vouch for {missing}"))
    }

    /// Keeps the old root for those who ask what they installed; its key is of no use any more.
    fn put_away(self) -> Result<(), Unusable> {
        let files = root_files(&self.folder);
        let old = self.folder.join(format!("root-until-{}.pem", self.root.life.last_day()));
        std::fs::rename(&files.chain, old)
            .and_then(|()| std::fs::remove_file(&files.private_key))
            .map_err(|error| unusable(&files.chain, format_args!("cannot be put away ({error})")))
    }

    /// What people install.
    pub fn local_root(&self) -> LocalRoot {
        let der = self.root.leaf().to_vec();
        let name = X509Certificate::from_der(&der).ok().and_then(|(_, said)| {
            let name = said.subject().iter_common_name().next()?.as_str().ok()?;
            Some(name.to_owned())
        });
        let expires_at_ms = self.root.life.until_s.saturating_mul(1000);
        LocalRoot { der, name: name.unwrap_or_default(), expires_at_ms }
    }

    /// DER of the name that stands as issuer in our certificates.
    pub fn root_name(&self) -> &[u8] {
        &self.root.subject
    }

    /// How long the root holds.
    pub const fn root_life(&self) -> Life {
        self.root.life
    }

    /// The server's certificate: the stored one while it is good for `names`, else a new one.
    ///
    /// # Errors
    /// When a new one cannot be made or written.
    pub fn server_pair(&self, names: &Names, now_s: i64) -> Result<Pair, Unusable> {
        let files = server_files(&self.folder);
        let names: Vec<String> = names.all().into_iter().filter(|name| self.allowed.covers(name)).collect();
        if let Ok(pair) = Pair::read(&files) {
            let is_ours = pair.issuer == self.root.subject;
            let is_young = pair.life.holds(now_s) && now_s < pair.life.renewal_s();
            if is_ours && is_young && names.iter().all(|name| pair.covers(name)) {
                return Ok(pair);
            }
        }
        let (chain, key) = self
            .issue(&names, now_s)
            .map_err(|error| unusable(&files.chain, format_args!("cannot be made ({error})")))?;
        write(&files, &chain, &key)?;
        Pair::from_pem(chain.as_bytes(), key.as_bytes(), &files)
    }

    fn issue(&self, names: &[String], now_s: i64) -> Result<(String, String), rcgen::Error> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.distinguished_name = distinguished("Diem Cau");
        for name in names {
            params.subject_alt_names.push(match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into()?),
            });
        }
        (params.not_before, params.not_after) = span(now_s, SERVER_LIFE);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }
}

fn make_root(files: &CertificateFiles, allowed: &Allowed, now_s: i64) -> Result<(), Unusable> {
    let made = || -> Result<(String, String), rcgen::Error> {
        let mut tag = [0; 3];
        rand::rng().fill_bytes(&mut tag);
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        // The tag tells two roots apart, for people and for browsers that find issuers by name.
        params.distinguished_name = distinguished(&format!("Diem Cau CA {}", hex::encode(tag)));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(allowed.constraints());
        (params.not_before, params.not_after) = span(now_s, ROOT_LIFE);
        let key = KeyPair::generate()?;
        Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
    };
    let (chain, key) =
        made().map_err(|error| unusable(&files.chain, format_args!("cannot be made ({error})")))?;
    write(files, &chain, &key)
}

/// Key first: a root or certificate without its key is an error, a key alone is nothing.
pub(super) fn write(files: &CertificateFiles, chain: &str, key: &str) -> Result<(), Unusable> {
    for (path, content) in [(&files.private_key, key), (&files.chain, chain)] {
        private_file::write(path, content.as_bytes())
            .map_err(|error| unusable(path, format_args!("cannot be written ({error})")))?;
    }
    Ok(())
}

fn distinguished(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn span(now_s: i64, life: Duration) -> (OffsetDateTime, OffsetDateTime) {
    let now = OffsetDateTime::from_unix_timestamp(now_s).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    (now - BACKDATED, now + life)
}
