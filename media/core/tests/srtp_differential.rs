//! Our SRTP against an independent implementation (webrtc-srtp on RustCrypto), both directions,
//! all profiles, through rollover. Neither side may know the other's code.

use media_core::error::{SealRefused, SrtpDrop};
use media_core::packet::rtp::RtpHeader;
use media_core::transport::SrtpProfile;
use media_core::transport::srtp::{SrtpReceiver, SrtpSender};
use proptest::prelude::*;
use webrtc_srtp::context::Context;
use webrtc_srtp::protection_profile::ProtectionProfile;

const SSRC: u32 = 0x1020_3040;

fn foreign(profile: SrtpProfile, key: &[u8], salt: &[u8]) -> Context {
    let profile = match profile {
        SrtpProfile::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        SrtpProfile::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
        SrtpProfile::Aes128CmSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
    };
    Context::new(key, salt, profile, None, None).unwrap()
}

fn header(sequence: u16, with_extension: bool) -> Vec<u8> {
    let mut header = vec![if with_extension { 0x90 } else { 0x80 }, 0x60];
    header.extend_from_slice(&sequence.to_be_bytes());
    header.extend_from_slice(&[0, 0, 0, 9]);
    header.extend_from_slice(&SSRC.to_be_bytes());
    if with_extension {
        header.extend_from_slice(&[0xbe, 0xde, 0, 1, 0x31, 0, 7, 0]);
    }
    header
}

fn keys(profile: SrtpProfile, seed: u8) -> (Vec<u8>, Vec<u8>) {
    let bytes = |len: usize, from: u8| (0..len as u8).map(|i| from ^ i.wrapping_mul(37)).collect();
    (bytes(profile.key_len(), seed), bytes(profile.salt_len(), !seed))
}

/// Steps that stay below half the sequence space, so that both sides count rollovers alike.
fn steps() -> impl Strategy<Value = Vec<(u64, Vec<u8>)>> {
    prop::collection::vec((1u64..9_000, prop::collection::vec(any::<u8>(), 0..300)), 1..40)
}

fn any_profile() -> impl Strategy<Value = SrtpProfile> {
    prop::sample::select(SrtpProfile::PREFERENCE.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_other_side_opens_what_we_seal(
        profile in any_profile(), seed: u8, start in 0u64..0x8000, steps in steps(), split: u8,
    ) {
        let (key, salt) = keys(profile, seed);
        let mut ours = SrtpSender::new(profile, &key, &salt).unwrap();
        let mut theirs = foreign(profile, &key, &salt);
        let mut index = start;
        for (step, payload) in steps {
            index += step;
            let header = header(index as u16, step % 2 == 0);
            let (prefix, body) = payload.split_at(usize::from(split).min(payload.len()));
            let mut out = [0; 512];
            let len = ours.seal_rtp(index, &header, prefix, body, &mut out).unwrap();
            prop_assert_eq!(len, header.len() + payload.len() + profile.rtp_overhead());
            let clear = theirs.decrypt_rtp(&out[..len]).unwrap();
            prop_assert_eq!(&clear[..], &[header.clone(), payload.clone()].concat()[..]);
            let again = ours.seal_rtp(index, &header, prefix, body, &mut out);
            prop_assert_eq!(again, Err(SealRefused::IndexUsed));
        }
    }

    #[test]
    fn we_open_what_the_other_side_seals(
        profile in any_profile(), seed: u8, start in 0u64..0x8000, steps in steps(), flip: u16,
    ) {
        let (key, salt) = keys(profile, seed);
        let mut ours = SrtpReceiver::new(profile, &key, &salt).unwrap();
        let mut theirs = foreign(profile, &key, &salt);
        let mut index = start;
        for (step, payload) in steps {
            index += step;
            let header = header(index as u16, step % 2 == 0);
            let sealed = theirs.encrypt_rtp(&[&header[..], &payload].concat()).unwrap();
            let parsed = RtpHeader::parse(&sealed).unwrap();
            let mut out = [0xee; 512];
            // One flipped bit anywhere behind the fixed header is noticed and changes nothing.
            let mut forged = sealed.to_vec();
            let at = 12 + usize::from(flip) % (forged.len() - 12);
            forged[at] ^= 1 << (flip % 8);
            if let Ok(parsed) = RtpHeader::parse(&forged) {
                prop_assert!(ours.open_rtp(&parsed, &forged, &mut out).is_err());
            }
            let opened = ours.open_rtp(&parsed, &sealed, &mut out).unwrap();
            prop_assert_eq!((opened.index, opened.payload_len), (index, payload.len()));
            prop_assert_eq!(&out[..payload.len()], &payload[..]);
            let again = ours.open_rtp(&parsed, &sealed, &mut out);
            prop_assert_eq!(again, Err(SrtpDrop::Replayed));
        }
    }

    #[test]
    fn control_packets_agree_both_ways(
        profile in any_profile(), seed: u8,
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20),
        flip: u16,
    ) {
        let (key, salt) = keys(profile, seed);
        let mut sender = SrtpSender::new(profile, &key, &salt).unwrap();
        let mut receiver = SrtpReceiver::new(profile, &key, &salt).unwrap();
        let mut seals = foreign(profile, &key, &salt);
        let mut opens = foreign(profile, &key, &salt);
        for mut body in bodies {
            body.resize(body.len().next_multiple_of(4), 0);
            let mut compound = vec![0x80, 201];
            compound.extend_from_slice(&((body.len() / 4 + 1) as u16).to_be_bytes());
            compound.extend_from_slice(&SSRC.to_be_bytes());
            compound.extend_from_slice(&body);

            let mut out = [0; 512];
            let len = sender.seal_rtcp(&compound, &mut out).unwrap();
            prop_assert_eq!(len, compound.len() + profile.rtcp_overhead());
            prop_assert_eq!(&opens.decrypt_rtcp(&out[..len]).unwrap()[..], &compound[..]);

            let sealed = seals.encrypt_rtcp(&compound).unwrap();
            let mut forged = sealed.to_vec();
            let at = usize::from(flip) % forged.len();
            forged[at] ^= 1 << (flip % 8);
            prop_assert!(receiver.open_rtcp(&forged, &mut out).is_err());
            let len = receiver.open_rtcp(&sealed, &mut out).unwrap();
            prop_assert_eq!(&out[..len], &compound[..]);
            prop_assert_eq!(receiver.open_rtcp(&sealed, &mut out), Err(SrtpDrop::Replayed));
        }
    }
}

#[test]
fn packets_around_a_rollover_open_in_any_order() {
    for profile in SrtpProfile::PREFERENCE {
        let (key, salt) = keys(profile, 9);
        let mut sender = SrtpSender::new(profile, &key, &salt).unwrap();
        let mut receiver = SrtpReceiver::new(profile, &key, &salt).unwrap();
        let mut packets = Vec::new();
        for index in 0xff80u64..0x1_0080 {
            let mut out = vec![0; 200];
            let len = sender.seal_rtp(index, &header(index as u16, true), &[], b"x", &mut out);
            out.truncate(len.unwrap());
            packets.push((index, out));
        }
        // Pairs swapped, and the first packet of the new round before the last of the old one.
        for pair in packets.chunks_exact_mut(2) {
            pair.swap(0, 1);
        }
        let mut out = [0; 200];
        for (index, packet) in &packets {
            let parsed = RtpHeader::parse(packet).unwrap();
            assert_eq!(receiver.open_rtp(&parsed, packet, &mut out).unwrap().index, *index);
        }
        assert_eq!(receiver.counters().opened, 256);
    }
}

#[test]
fn sources_beyond_the_limit_are_counted_and_dropped() {
    let profile = SrtpProfile::AeadAes128Gcm;
    let (key, salt) = keys(profile, 1);
    let mut theirs = foreign(profile, &key, &salt);
    let mut ours = SrtpReceiver::new(profile, &key, &salt).unwrap();
    let mut out = [0; 200];
    for source in 0..80u32 {
        let mut packet = header(1, false);
        packet[8..12].copy_from_slice(&source.to_be_bytes());
        packet.push(7);
        let sealed = theirs.encrypt_rtp(&packet).unwrap();
        let result = ours.open_rtp(&RtpHeader::parse(&sealed).unwrap(), &sealed, &mut out);
        assert_eq!(result.is_ok(), source < 64, "source {source}");
    }
    assert_eq!(ours.counters().sources_full, 16);
}

#[test]
fn truncated_and_clear_packets_are_dropped() {
    for profile in SrtpProfile::PREFERENCE {
        let (key, salt) = keys(profile, 3);
        let mut sender = SrtpSender::new(profile, &key, &salt).unwrap();
        let mut receiver = SrtpReceiver::new(profile, &key, &salt).unwrap();
        let mut out = [0; 200];
        let mut rtp = [0; 200];
        let len = sender.seal_rtp(5, &header(5, true), &[], b"payload", &mut rtp).unwrap();
        for cut in 0..len {
            if let Ok(parsed) = RtpHeader::parse(&rtp[..cut]) {
                assert!(receiver.open_rtp(&parsed, &rtp[..cut], &mut out).is_err());
            }
        }
        let compound = [0x80, 201, 0, 1, 0, 0, 0, 9];
        let mut rtcp = [0; 200];
        let len = sender.seal_rtcp(&compound, &mut rtcp).unwrap();
        for cut in 0..len {
            assert!(receiver.open_rtcp(&rtcp[..cut], &mut out).is_err());
        }
        let mut clear = compound.to_vec();
        clear.extend_from_slice(&[0; 24]);
        assert!(receiver.open_rtcp(&clear, &mut out).is_err());
        let parsed = RtpHeader::parse(&rtp[..]).unwrap();
        assert!(receiver.open_rtp(&parsed, &rtp[..31], &mut [0; 2]).is_err());
        assert!(receiver.counters().opened == 0);
    }
}
