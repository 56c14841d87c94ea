//! Certificate and key files to a TLS configuration.
//!
//! Called once by `serve`. TLS 1.2 and 1.3 with the suites of aws-lc-rs; HTTP/2 and HTTP/1.1.

use crate::error::ServeFailure;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::Path;
use std::sync::Arc;

fn read(file: &Path) -> Result<Vec<u8>, ServeFailure> {
    std::fs::read(file).map_err(|source| ServeFailure::Unreadable { file: file.to_owned(), source })
}

/// Reads both files and checks that they belong together.
pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, ServeFailure> {
    let (chain_pem, key_pem) = (read(certificate)?, read(key)?);
    build(&chain_pem, &key_pem).map_err(|source| ServeFailure::Certificate {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        source,
    })
}

fn build(chain_pem: &[u8], key_pem: &[u8]) -> io::Result<Arc<ServerConfig>> {
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(chain_pem).collect::<Result<_, _>>().map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
