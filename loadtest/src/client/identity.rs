//! The certificate that all clients of a process show, and how each begins DTLS.
//!
//! Made once by the crowd. One certificate for all: making hundreds would be the client's cost, and
//! no server minds.

use crate::error::Failure;
use rtc_crypto::providers::AwsLcRsProvider;
use rtc_crypto::{HashAlgorithm, RTCCryptoProvider};
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// rtc-dtls wants one address for a peer; paths may change under it.
pub const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);

/// Certificate and DTLS settings; cheap to clone.
#[derive(Clone)]
pub struct Identity {
    config: Arc<HandshakeConfig>,
    provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: Arc<str>,
}

impl Identity {
    /// Makes a new certificate.
    ///
    /// # Errors
    /// `Stack` when the library cannot.
    pub fn generate() -> Result<Self, Failure> {
        let failed = Failure::Stack { what: "DTLS identity" };
        Self::make(true).ok_or(failed)
    }

    /// The same in the server role, for tests of the client role.
    #[cfg(test)]
    pub(super) fn of_server() -> Option<Self> {
        Self::make(false)
    }

    fn make(is_client: bool) -> Option<Self> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(AwsLcRsProvider::new());
        let certificate =
            Certificate::generate_self_signed(vec!["loadtest".to_owned()], provider.crypto()).ok()?;
        let der = certificate.certificate.first()?;
        let digest = provider.crypto().hash(HashAlgorithm::Sha256, der.as_ref()).ok()?;
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        // GCM alone: every server here knows it, and SHA-1 would make the crypto costs differ.
        let profiles =
            vec![SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm, SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm];
        let builder = ConfigBuilder::default()
            .with_crypto_provider(Arc::clone(&provider))
            .with_certificates(vec![certificate])
            .with_srtp_protection_profiles(profiles)
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            // What is checked is the fingerprint of the description, after the handshake.
            .with_insecure_skip_verify(true);
        let config = Arc::new(builder.build(is_client, is_client.then_some(PEER)).ok()?);
        Some(Self { config, provider, fingerprint: pairs.join(":").into() })
    }

    /// SHA-256 of the certificate as a description writes it.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The handshake's settings.
    #[must_use]
    pub fn config(&self) -> Arc<HandshakeConfig> {
        Arc::clone(&self.config)
    }

    #[must_use]
    pub fn provider(&self) -> &Arc<dyn RTCCryptoProvider> {
        &self.provider
    }
}
