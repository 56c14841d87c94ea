//! The estimators that are judged on the same traces: ours, the one of the webrtc-rs stack, and loss
//! alone.

use super::road::{Estimator, Reported};
use media_core::bwe::LinkEstimate;
use rtc_interceptor::{BandwidthEstimator, Gcc, PacketReport};
use std::time::{Duration, Instant};

/// Ours: delay, loss and probes.
pub struct Ours(pub LinkEstimate);

impl Estimator for Ours {
    fn name(&self) -> &'static str {
        "diemcau"
    }

    fn report(&mut self, now: Instant, packets: &[Reported], under_way_bytes: u64) {
        let (mut arrived, mut lost) = (0, 0);
        for packet in packets {
            match &packet.told {
                Ok(told) => {
                    arrived += u32::from(told.probe == 0);
                    self.0.arrived(now, told);
                }
                Err((_, probe)) => lost += u32::from(*probe == 0),
            }
        }
        self.0.judge(now, arrived, lost, || under_way_bytes);
    }

    fn bps(&self) -> u64 {
        u64::from(self.0.bps())
    }

    fn want(&mut self, bps: u64) {
        self.0.want(bps);
    }

    fn probe_due(&mut self, now: Instant) -> Option<(u8, u32)> {
        self.0.probe_due(now)
    }

    fn tick(&mut self, now: Instant, waiting_since: Option<Instant>) {
        self.0.tick(now, waiting_since);
    }
}

/// Google Congestion Control of `rtc-interceptor`, as it comes.
pub struct Interceptor(pub Gcc);

impl Interceptor {
    pub fn new() -> Self {
        Self(Gcc::new(1_000_000.0, 60_000.0, 80_000_000.0))
    }
}

impl Estimator for Interceptor {
    fn name(&self) -> &'static str {
        "rtc-interceptor"
    }

    fn report(&mut self, now: Instant, packets: &[Reported], _under_way_bytes: u64) {
        let reports: Vec<_> = packets
            .iter()
            .map(|packet| PacketReport {
                ssrc: 1,
                id: packet.number,
                rtp_sequence_number: packet.number as u16,
                is_twcc: true,
                twcc_sequence_number: packet.number as u16,
                size: packet.told.map_or_else(|lost| usize::from(lost.0), |told| usize::from(told.bytes)),
                arrived: packet.told.is_ok(),
                departure: packet.left,
                arrival: packet.told.ok().map(|told| Duration::from_micros(told.arrival_us as u64)),
                ecn: Default::default(),
            })
            .collect();
        self.0.on_reports(now, &reports);
    }

    fn bps(&self) -> u64 {
        self.0.target_bitrate() as u64
    }
}

/// Loss alone, as receiver reports tell it: what a viewer without transport-wide feedback gets.
pub struct LossAlone(pub LinkEstimate);

impl Estimator for LossAlone {
    fn name(&self) -> &'static str {
        "loss alone"
    }

    fn report(&mut self, now: Instant, packets: &[Reported], _under_way_bytes: u64) {
        let lost = packets.iter().filter(|packet| packet.told.is_err()).count();
        let bytes: u64 = packets
            .iter()
            .map(|packet| packet.told.map_or_else(|lost| u64::from(lost.0), |told| u64::from(told.bytes)))
            .sum();
        self.0.judge_report(now, bytes, (lost * 255 / packets.len().max(1)) as u8);
    }

    fn bps(&self) -> u64 {
        u64::from(self.0.bps())
    }
}
