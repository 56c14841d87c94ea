//! A certificate with its private key, proven to belong together, and what it says of itself.
//!
//! Read by every source of certificates, by `config::surroundings` and by `check-config`. Changes
//! nothing; never prints the key.

use super::life::Life;
use crate::config::CertificateFiles;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// Why a certificate cannot be used, and which file is to blame.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct Unusable {
    pub path: PathBuf,
    pub what: String,
}

pub(super) fn unusable(path: &Path, what: impl std::fmt::Display) -> Unusable {
    Unusable { path: path.to_owned(), what: what.to_string() }
}

/// A usable certificate.
#[derive(Clone, Debug)]
pub struct Pair {
    pub key: Arc<CertifiedKey>,
    pub life: Life,
    /// Host names in lower case, and addresses.
    pub names: Vec<String>,
    /// DER of the issuer's name.
    pub issuer: Vec<u8>,
    /// DER of the subject's name.
    pub subject: Vec<u8>,
}

impl Pair {
    /// Reads both files and proves that they belong together.
    ///
    /// # Errors
    /// The file that cannot be read, is not PEM, or does not fit the other.
    pub fn read(files: &CertificateFiles) -> Result<Self, Unusable> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| unusable(path, format_args!("cannot be read ({error})")))
        };
        Self::from_pem(&read(&files.chain)?, &read(&files.private_key)?, files)
    }

    /// The same from the content of the files, which are named in errors.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_pem(chain: &[u8], key: &[u8], files: &CertificateFiles) -> Result<Self, Unusable> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| unusable(&files.chain, format_args!("is not PEM ({error})")))?;
        let Some(first) = chain.first().cloned() else {
            return Err(unusable(&files.chain, "holds no certificate"));
        };
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| {
            unusable(&files.private_key, format_args!("holds no private key in PEM ({error})"))
        })?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let key = CertifiedKey::from_der(chain, key, &provider).map_err(|error| {
            unusable(&files.private_key, format_args!("does not fit the certificate ({error})"))
        })?;
        let (_, said) = X509Certificate::from_der(&first)
            .map_err(|error| unusable(&files.chain, format_args!("is no X.509 certificate ({error})")))?;
        let validity = said.validity();
        Ok(Self {
            key: Arc::new(key),
            life: Life { from_s: validity.not_before.timestamp(), until_s: validity.not_after.timestamp() },
            names: names(&said),
            issuer: said.issuer().as_raw().to_vec(),
            subject: said.subject().as_raw().to_vec(),
        })
    }

    /// The certificate itself, DER.
    pub fn leaf(&self) -> &[u8] {
        self.key.cert.first().map_or(&[], |leaf| leaf.as_ref())
    }

    /// Whether no authority stands behind it.
    pub fn is_self_signed(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether a browser accepts it for `name`.
    pub fn covers(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.names.iter().any(|covered| match covered.strip_prefix("*.") {
            // A star stands for one label (RFC 9525 section 6.3).
            Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest == parent),
            None => *covered == name,
        })
    }
}

fn names(said: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternatives)) = said.subject_alternative_name() else { return Vec::new() };
    let names = alternatives.value.general_names.iter();
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(IpAddr::from(v4));
    }
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}
