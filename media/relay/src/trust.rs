//! Who may speak with us between nodes: TLS 1.3, both sides show a certificate, and each takes only
//! those whose SHA-256 is pinned. Used by `way`; no authority, name or date is asked, so that a relay
//! works without any service around it.

use crate::error::WayFailure;
use aws_lc_rs::digest::{SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs as provider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible,
    ServerConfig, SignatureScheme, version,
};
use std::fmt;
use std::sync::Arc;

/// SHA-256 of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// That of a certificate in DER.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Self {
        let sum = digest(&SHA256, certificate);
        Self(sum.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The certificate that this node shows and its key. Holds a secret, hence no `Debug`.
pub struct TlsIdentity {
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

impl TlsIdentity {
    /// A certificate and its PKCS #8 key, both in DER.
    #[must_use]
    pub fn new(certificate: Vec<u8>, key: Vec<u8>) -> Self {
        Self { certificate: certificate.into(), key: key.into() }
    }

    /// What the other side pins.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.clone_key())
    }
}

/// Own identity and pinned others, ready for connections.
#[derive(Clone)]
pub struct Trust {
    pub(crate) client: Arc<ClientConfig>,
    pub(crate) server: Arc<ServerConfig>,
}

impl Trust {
    /// # Errors
    /// [`WayFailure`]: the identity cannot be used, or nobody is pinned.
    pub fn new(identity: &TlsIdentity, pinned: Vec<Fingerprint>) -> Result<Self, WayFailure> {
        if pinned.is_empty() {
            return Err(WayFailure::NothingPinned);
        }
        let crypto = Arc::new(provider::default_provider());
        let pins = Arc::new(Pins { pinned, crypto: crypto.clone() });
        let chain = || vec![identity.certificate.clone()];
        let client = ClientConfig::builder_with_provider(crypto.clone())
            .with_protocol_versions(&[&version::TLS13])
            .map_err(WayFailure::Identity)?
            .dangerous()
            .with_custom_certificate_verifier(pins.clone())
            .with_client_auth_cert(chain(), identity.key())
            .map_err(WayFailure::Identity)?;
        let server = ServerConfig::builder_with_provider(crypto)
            .with_protocol_versions(&[&version::TLS13])
            .map_err(WayFailure::Identity)?
            .with_client_cert_verifier(pins)
            .with_single_cert(chain(), identity.key())
            .map_err(WayFailure::Identity)?;
        Ok(Self { client: Arc::new(client), server: Arc::new(server) })
    }
}

/// Takes the pinned certificates and no other.
#[derive(Debug)]
struct Pins {
    pinned: Vec<Fingerprint>,
    crypto: Arc<CryptoProvider>,
}

impl Pins {
    fn check(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let is_pinned = self.pinned.contains(&Fingerprint::of(certificate));
        let refused = CertificateError::ApplicationVerificationFailure;
        if is_pinned { Ok(()) } else { Err(Error::InvalidCertificate(refused)) }
    }

    fn proof(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.crypto.signature_verification_algorithms)
    }

    fn no_tls12() -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled))
    }
}

impl ServerCertVerifier for Pins {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(certificate).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::no_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.proof(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Pins {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(certificate).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::no_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.proof(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}
