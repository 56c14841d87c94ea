//! What both roles of a DTLS association share: configuration, the verified fingerprint, the keys.
//!
//! Used by `rtc_server` and `rtc_client`. Holds no state of a handshake.

use super::identity::{LocalIdentity, sha256};
use crate::error::TransportFailure;
use crate::transport::srtp::SrtpHalves;
use crate::transport::types::SrtpProfile;
use rtc_dtls::config::{
    ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig, VerifyPeerCertificateFn,
};
use rtc_dtls::endpoint::Endpoint;
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::error::Error as RtcError;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

// The library wants addresses; the association must survive every change of the real ones.
pub(super) const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
pub(super) const REMOTE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 2);

/// Which side of the handshake we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
}

/// What the library's certificate callback shares with us.
#[derive(Default)]
pub(super) struct Verification {
    expected: OnceLock<[u8; 32]>,
    has_mismatched: AtomicBool,
}

impl Verification {
    /// The fingerprint to hold the certificate against; only the first one counts.
    pub(super) fn expect(&self, fingerprint: [u8; 32]) {
        // A restart repeats the fingerprint; the certificate cannot change under DTLS.
        let _ = self.expected.set(fingerprint);
    }

    pub(super) fn has_mismatched(&self) -> bool {
        self.has_mismatched.load(Ordering::Relaxed)
    }

    fn is_expected(&self, chain: &[Vec<u8>]) -> bool {
        match (self.expected.get(), chain.first()) {
            (Some(expected), Some(der)) => sha256(der) == *expected,
            _ => false,
        }
    }
}

pub(super) fn config(
    role: Role,
    identity: &LocalIdentity,
    verification: &Arc<Verification>,
    profiles: &[SrtpProfile],
    flight_interval: Duration,
) -> Result<HandshakeConfig, TransportFailure> {
    let verification = Arc::clone(verification);
    // Called twice per handshake by the library, so it must not depend on being called once.
    let verify: VerifyPeerCertificateFn = Arc::new(move |chain, _| {
        if verification.is_expected(chain) {
            return Ok(());
        }
        verification.has_mismatched.store(true, Ordering::Relaxed);
        Err(RtcError::Other("certificate does not match its fingerprint".to_owned()))
    });
    let is_client = role == Role::Client;
    ConfigBuilder::default()
        .with_crypto_provider(Arc::clone(&identity.provider))
        .with_certificates(vec![(*identity.certificate).clone()])
        .with_srtp_protection_profiles(profiles.iter().copied().map(wire).collect())
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        // There is no authority to ask: the fingerprint in the description is the whole proof.
        .with_insecure_skip_verify(true)
        .with_verify_peer_certificate(Some(verify))
        .with_flight_interval(flight_interval)
        .build(is_client, is_client.then_some(REMOTE))
        .map_err(|_| TransportFailure::DtlsConfig)
}

const fn wire(profile: SrtpProfile) -> SrtpProtectionProfile {
    match profile {
        SrtpProfile::AeadAes128Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        SrtpProfile::AeadAes256Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm,
        SrtpProfile::Aes128CmSha1_80 => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
    }
}

/// The keys of a finished handshake, `profile` being what was negotiated.
pub(super) fn export(
    endpoint: &Endpoint,
    verification: &Verification,
    role: Role,
    profile: Option<SrtpProfile>,
) -> Result<SrtpHalves, TransportFailure> {
    // A handshake that never asked for the certificate must not yield keys.
    if verification.expected.get().is_none() || verification.has_mismatched() {
        return Err(TransportFailure::FingerprintMismatch);
    }
    let state = endpoint.get_connection_state(REMOTE).ok_or(TransportFailure::Keys)?;
    let negotiated = state.srtp_protection_profile();
    let chosen = SrtpProfile::PREFERENCE.into_iter().find(|profile| wire(*profile) == negotiated);
    let profile = profile.or(chosen).ok_or(TransportFailure::NoSrtpProfile)?;
    // A server that shows no certificate at all leaves nothing to hold against the fingerprint.
    if !verification.is_expected(&state.peer_certificates) {
        return Err(TransportFailure::FingerprintMismatch);
    }
    let len = 2 * (profile.key_len() + profile.salt_len());
    let material =
        state.export_keying_material("EXTRACTOR-dtls_srtp", &[], len).map_err(|_| TransportFailure::Keys)?;
    let halves = match role {
        Role::Server => SrtpHalves::of_server(profile, material.as_ref()),
        Role::Client => SrtpHalves::of_client(profile, material.as_ref()),
    };
    halves.ok_or(TransportFailure::Keys)
}
