//! The packet vectors of RFC 7714 sections 16 and 17, which give session keys, not master keys.
//!
//! Test only. Key derivation has its own vectors in `kdf`, the counter mode in `cm_sha1`.

use super::cipher::Cipher;
use super::gcm::GcmKey;
use super::hex;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const SALT: &[u8; 12] = b"Quid pro quo";
const RTP_HEADER: &str = "8040f17b8041f8d35501a0b2";
const RTP_PAYLOAD: &[u8] = b"Gallia est omnis divisa in partes tres";
const RTP_128: &str = "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833\
                       899d7f27beb16a9152cf765ee4390cce";
const RTP_256: &str = "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b\
                       7aa3db36dfffd6b0f9bb7878d7a76c13";
const RTCP: &str = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeef\
                    deadbeefdeadbeefdeadbeef";
const RTCP_128: &str = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d\
                        6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
const RTCP_256: &str = "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c11105\
                        55be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4";
const RTCP_INDEX: u32 = 0x5d4;
const MARS: u32 = 0x4d61_7273;

fn cipher(key_len: usize) -> Cipher {
    Cipher::Gcm(GcmKey::new(&hex(KEY)[..key_len], *SALT).unwrap())
}

#[test]
fn sealed_rtp_matches_rfc_7714_section_16() {
    for (key_len, sealed) in [(16, RTP_128), (32, RTP_256)] {
        let cipher = cipher(key_len);
        let expected: Vec<u8> = [hex(RTP_HEADER), hex(sealed)].concat();
        // Any split into prefix and body gives the same packet.
        for split in [0, 1, 15, 16, 17, RTP_PAYLOAD.len()] {
            let (prefix, body) = RTP_PAYLOAD.split_at(split);
            let mut out = vec![0; expected.len()];
            out[..12].copy_from_slice(&hex(RTP_HEADER));
            cipher.seal_rtp(0x5501_a0b2, 0xf17b, 12, prefix, body, &mut out).unwrap();
            assert_eq!(out, expected, "key of {key_len} bytes, prefix of {split}");
        }
        let mut clear = vec![0; RTP_PAYLOAD.len()];
        cipher.open_rtp(0x5501_a0b2, 0xf17b, &expected, 12, &mut clear).unwrap();
        assert_eq!(clear, RTP_PAYLOAD);
        assert!(cipher.open_rtp(0x5501_a0b2, 0x1_f17b, &expected, 12, &mut clear).is_none());
    }
}

#[test]
fn sealed_rtcp_matches_rfc_7714_section_17() {
    for (key_len, sealed) in [(16, RTCP_128), (32, RTCP_256)] {
        let (cipher, compound, expected) = (cipher(key_len), hex(RTCP), hex(sealed));
        let mut out = vec![0; expected.len()];
        cipher.seal_rtcp(&compound, MARS, RTCP_INDEX, &mut out).unwrap();
        assert_eq!(out, expected);
        let word = cipher.rtcp_index_word(&expected).unwrap();
        assert_eq!(word, 0x8000_0000 | RTCP_INDEX);
        let mut clear = vec![0; compound.len()];
        cipher.open_rtcp(&expected, MARS, word, &mut clear).unwrap();
        assert_eq!(clear, compound);
    }
}
