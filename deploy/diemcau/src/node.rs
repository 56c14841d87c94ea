//! Who this node is for other nodes: a certificate that they pin, and what their relay needs to know.
//!
//! Called by `serve`, by `relay identity` and, without making anything, by `check-config`. The
//! certificate needs no authority, name or end: the other node knows its SHA-256. Never prints the key.

use crate::config::{CertificateFiles, Config, Relay};
use crate::private_file;
use crate::tls::Pair;
use media_server::{Fingerprint, RelayAddress, RelayConfig, TlsIdentity, Trust, TrustFailure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};

/// Name of this node in the logs of others, when it has no name in `http.names`.
const UNNAMED: &str = "node";
/// Longest name that is told.
const NAME_BYTES: usize = 32;

/// Why this node has no identity.
#[derive(Debug, thiserror::Error)]
pub enum NodeFailure {
    #[error("{}: {what}", path.display())]
    File { path: PathBuf, what: String },
    #[error("cannot make the certificate of this node: {0}")]
    Made(#[from] rcgen::Error),
    #[error("the certificate of this node cannot be used: {0}")]
    Trust(#[from] TrustFailure),
}

/// The files of the identity, those that are set or our own.
pub fn files(config: &Config) -> CertificateFiles {
    let set = config.relay.as_ref().and_then(|relay| relay.certificate.clone());
    set.unwrap_or_else(|| {
        let folder = config.data.join("relay");
        CertificateFiles { chain: folder.join("certificate.pem"), private_key: folder.join("key.pem") }
    })
}

/// The identity, made when there is none and no file is set.
///
/// # Errors
/// [`NodeFailure`], naming the file.
pub fn identity(config: &Config) -> Result<TlsIdentity, NodeFailure> {
    let files = files(config);
    let is_own = config.relay.as_ref().is_none_or(|relay| relay.certificate.is_none());
    if is_own && !files.chain.exists() {
        make(&files)?;
    }
    read(&files)
}

/// Reads an identity and proves that certificate and key belong together.
///
/// # Errors
/// [`NodeFailure::File`].
pub fn read(files: &CertificateFiles) -> Result<TlsIdentity, NodeFailure> {
    let unusable = |path: &Path, what: &dyn std::fmt::Display| NodeFailure::File {
        path: path.to_owned(),
        what: what.to_string(),
    };
    Pair::read(files).map_err(|error| unusable(&error.path, &error.what))?;
    let certificate =
        CertificateDer::from_pem_file(&files.chain).map_err(|error| unusable(&files.chain, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.private_key);
    match key.map_err(|error| unusable(&files.private_key, &error))? {
        PrivateKeyDer::Pkcs8(key) => {
            Ok(TlsIdentity::new(certificate.to_vec(), key.secret_pkcs8_der().to_vec()))
        }
        _ => Err(unusable(&files.private_key, &"is no PKCS #8 key (BEGIN PRIVATE KEY)")),
    }
}

fn make(files: &CertificateFiles) -> Result<(), NodeFailure> {
    let made = rcgen::generate_simple_self_signed(vec![UNNAMED.to_owned()])?;
    let failed = |path: &Path, cause: std::io::Error| NodeFailure::File {
        path: path.to_owned(),
        what: format!("cannot be written ({cause})"),
    };
    let folder = files.chain.parent().unwrap_or(Path::new("."));
    private_file::make_folder(folder).map_err(|cause| failed(folder, cause))?;
    // The certificate last: where it is, its key is.
    private_file::write(&files.private_key, made.signing_key.serialize_pem().as_bytes())
        .map_err(|cause| failed(&files.private_key, cause))?;
    private_file::write(&files.chain, made.cert.pem().as_bytes()).map_err(|cause| failed(&files.chain, cause))
}

/// What other nodes pin, as hexadecimal digits.
#[must_use]
pub fn printed(fingerprint: Fingerprint) -> String {
    hex::encode(fingerprint.0)
}

/// What the media server needs to speak with other nodes.
///
/// # Errors
/// [`NodeFailure`].
pub fn relay_config(config: &Config, relay: &Relay) -> Result<RelayConfig, NodeFailure> {
    let identity = identity(config)?;
    let trust = Trust::new(&identity, relay.trusted.clone())?;
    let mut name = config.http.names.first().cloned().unwrap_or_else(|| UNNAMED.to_owned());
    name.truncate(name.floor_char_boundary(NAME_BYTES));
    Ok(RelayConfig {
        name,
        listen_unix: None,
        listen_tls: relay.listen.map(|address| (address, trust.clone())),
        call: relay.peers.iter().map(|peer| RelayAddress::Tls(*peer, trust.clone())).collect(),
        together: 0..0,
    })
}
