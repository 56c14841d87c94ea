//! The cryptography that rtc-dtls is given: aws-lc, and signatures on P-224 besides.
//!
//! FFmpeg built with GnuTLS makes its DTLS certificate on secp224r1, which aws-lc-rs does not verify
//! and which no certificate of ours uses. Only checks signatures there; everything else goes through.

use aws_lc_rs::digest::{SHA256, SHA384, digest};
use p224::ecdsa::signature::hazmat::PrehashVerifier as _;
use p224::ecdsa::{Signature, VerifyingKey};
use rtc_crypto::providers::AwsLcRsProvider;
use rtc_crypto::{
    ActiveKeyExchange, AeadAlgorithm, AeadCipher, BlockCipherAlgorithm, CbcAlgorithm, CbcCipher,
    CryptoAlgorithm, CryptoError, HashAlgorithm, HmacAlgorithm, KeyExchangeAlgorithm, Mac, PublicKey,
    RTCCrypto, RTCCryptoProvider, RTCRandom, SignatureScheme, SigningKey, StreamCipher,
    StreamCipherAlgorithm,
};
use std::sync::Arc;

/// An uncompressed point of P-224: one byte of form, two coordinates of 28 bytes.
const P224_POINT_LEN: usize = 57;

/// aws-lc with P-224.
pub(super) struct Provider {
    aws: AwsLcRsProvider,
}

impl Provider {
    pub(super) const fn new() -> Self {
        Self { aws: AwsLcRsProvider::new() }
    }

    fn inner(&self) -> &dyn RTCCrypto {
        self.aws.crypto()
    }

    fn verify_p224(
        scheme: SignatureScheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        // The library names a curve with each hash; here only the hash counts.
        let hash = match scheme {
            SignatureScheme::EcdsaP256Sha256 => &SHA256,
            SignatureScheme::EcdsaP384Sha384 => &SHA384,
            other => return Err(CryptoError::UnsupportedAlgorithm(CryptoAlgorithm::Signature(other))),
        };
        let digest = digest(hash, message);
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| CryptoError::InvalidPublicKey)?;
        let signature = Signature::from_der(signature).map_err(|_| CryptoError::InvalidSignature)?;
        key.verify_prehash(digest.as_ref(), &signature).map_err(|_| CryptoError::InvalidSignature)
    }
}

impl RTCCryptoProvider for Provider {
    fn name(&self) -> &'static str {
        "aws-lc with p-224"
    }

    fn crypto(&self) -> &dyn RTCCrypto {
        self
    }

    fn random(&self) -> &dyn RTCRandom {
        self.aws.random()
    }
}

impl RTCCrypto for Provider {
    fn supports(&self, algorithm: CryptoAlgorithm) -> bool {
        self.inner().supports(algorithm)
    }

    fn hash(&self, algorithm: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.inner().hash(algorithm, data)
    }

    fn block_encrypt(
        &self,
        algorithm: BlockCipherAlgorithm,
        key: &[u8],
        block: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.inner().block_encrypt(algorithm, key, block)
    }

    fn new_hmac(&self, algorithm: HmacAlgorithm, key: &[u8]) -> Result<Box<dyn Mac>, CryptoError> {
        self.inner().new_hmac(algorithm, key)
    }

    fn new_stream_cipher(
        &self,
        algorithm: StreamCipherAlgorithm,
        key: &[u8],
    ) -> Result<Box<dyn StreamCipher>, CryptoError> {
        self.inner().new_stream_cipher(algorithm, key)
    }

    fn new_aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadCipher>, CryptoError> {
        self.inner().new_aead(algorithm, key)
    }

    fn new_cbc(&self, algorithm: CbcAlgorithm, key: &[u8]) -> Result<Box<dyn CbcCipher>, CryptoError> {
        self.inner().new_cbc(algorithm, key)
    }

    fn start_key_exchange(
        &self,
        algorithm: KeyExchangeAlgorithm,
    ) -> Result<Box<dyn ActiveKeyExchange>, CryptoError> {
        self.inner().start_key_exchange(algorithm)
    }

    fn generate_signing_key(&self, scheme: SignatureScheme) -> Result<Arc<dyn SigningKey>, CryptoError> {
        self.inner().generate_signing_key(scheme)
    }

    fn import_signing_key(
        &self,
        scheme: SignatureScheme,
        pkcs8_der: &[u8],
    ) -> Result<Arc<dyn SigningKey>, CryptoError> {
        self.inner().import_signing_key(scheme, pkcs8_der)
    }

    fn verify_signature(
        &self,
        scheme: SignatureScheme,
        public_key: PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        if public_key.bytes.len() == P224_POINT_LEN {
            return Self::verify_p224(scheme, public_key.bytes, message, signature);
        }
        self.inner().verify_signature(scheme, public_key, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p224::ecdsa::SigningKey as P224Key;
    use p224::ecdsa::signature::hazmat::PrehashSigner as _;
    use rtc_crypto::PublicKeyEncoding;

    #[test]
    fn signature_on_p224_is_held_against_its_key_and_message() {
        let signer = P224Key::from_slice(&[7; 28]).unwrap();
        let provider = Provider::new();
        let digest = provider.hash(HashAlgorithm::Sha256, b"hello").unwrap();
        let signature: Signature = signer.sign_prehash(&digest).unwrap();
        let point = signer.verifying_key().to_encoded_point(false);
        let check = |message: &[u8], signature: &[u8], key: &[u8]| {
            let key = PublicKey { encoding: PublicKeyEncoding::EcUncompressedPoint, bytes: key };
            provider.verify_signature(SignatureScheme::EcdsaP256Sha256, key, message, signature)
        };
        let der = signature.to_der();
        assert_eq!(check(b"hello", der.as_bytes(), point.as_bytes()), Ok(()));
        assert!(check(b"hallo", der.as_bytes(), point.as_bytes()).is_err());
        assert!(check(b"hello", &der.as_bytes()[..20], point.as_bytes()).is_err());
        assert!(check(b"hello", der.as_bytes(), &[4; P224_POINT_LEN]).is_err());
    }
}
