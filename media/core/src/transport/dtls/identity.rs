//! The self-signed certificate of this process and its fingerprint (RFC 8122).
//!
//! Made once at start by the server, shared by all legs. The private key never leaves the value.

use super::provider::Provider;
use crate::error::TransportFailure;
use aws_lc_rs::digest::{SHA256, digest};
use rtc_crypto::RTCCryptoProvider;
use rtc_dtls::crypto::Certificate;
use std::sync::Arc;

/// The certificate of this process; cheap to clone, shared by all legs.
#[derive(Clone)]
pub struct LocalIdentity {
    pub(super) certificate: Arc<Certificate>,
    pub(in crate::transport) provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: Arc<str>,
}

impl LocalIdentity {
    /// Generates a self-signed ECDSA P-256 certificate.
    ///
    /// # Errors
    /// `Certificate` when the library cannot.
    pub fn generate() -> Result<Self, TransportFailure> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(Provider::new());
        let names = vec!["diemcau".to_owned()];
        let certificate = Certificate::generate_self_signed(names, provider.crypto())
            .map_err(|_| TransportFailure::Certificate)?;
        let der = certificate.certificate.first().ok_or(TransportFailure::Certificate)?;
        let fingerprint = colon_hex(&sha256(der.as_ref())).into();
        Ok(Self { certificate: Arc::new(certificate), provider, fingerprint })
    }

    /// SHA-256 fingerprint as the offer writes it: upper-case hex pairs with colons.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl std::fmt::Debug for LocalIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalIdentity").field("fingerprint", &self.fingerprint).finish()
    }
}

/// SHA-256 of a DER certificate.
pub(super) fn sha256(der: &[u8]) -> [u8; 32] {
    let hash = digest(&SHA256, der);
    hash.as_ref().try_into().expect("SHA-256 gives thirty-two bytes")
}

fn colon_hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}
