//! The connection of the probe, and what comes over it.
//!
//! Called by `main` for each line. Counts packets with content, and adds up the hashes of their ends as loadtest
//! does (`content_hash`): servers change what stands before.

use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::Registry;
use rtc::peer_connection::configuration::interceptor_registry::register_default_interceptors;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use webrtc::error::Result;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState,
    SettingEngineBuilder,
};

/// Longest wait for addresses.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of a content's end that are looked at.
const TAIL: usize = 24;

/// What has come.
#[derive(Default)]
struct Sums {
    packets: AtomicU64,
    contents: AtomicU64,
}

pub struct Receiver {
    connection: Arc<dyn PeerConnection>,
    sums: Arc<Sums>,
    gathered: Mutex<mpsc::Receiver<()>>,
}

impl Receiver {
    pub async fn new(addresses: Vec<String>) -> Result<Self> {
        let (tell, gathered) = mpsc::channel(1);
        let sums = Arc::new(Sums::default());
        let mut engine = MediaEngine::default();
        engine.register_default_codecs()?;
        let registry = register_default_interceptors(Registry::new(), &mut engine)?;
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            // As browsers do; left alone, the crate waits for servers with ICE lite to begin DTLS.
            .with_answering_dtls_role(RTCDtlsRole::Client)
            .build();
        let builder = PeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_setting_engine(settings)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Watching { gathered: tell, sums: Arc::clone(&sums) }))
            .with_udp_addrs(addresses.into_iter().map(|it| format!("{it}:0")).collect());
        let connection: Arc<dyn PeerConnection> = Arc::new(builder.build().await?);
        Ok(Self { connection, sums, gathered: Mutex::new(gathered) })
    }

    /// An offer to receive one sound and one picture.
    pub async fn offer(&self) -> Result<String> {
        for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
            let direction = RTCRtpTransceiverDirection::Recvonly;
            let init = RTCRtpTransceiverInit { direction, ..Default::default() };
            self.connection.add_transceiver_from_kind(kind, Some(init)).await?;
        }
        let offer = self.connection.create_offer(None).await?;
        self.settle(offer).await
    }

    pub async fn take_answer(&self, sdp: String) -> Result<()> {
        self.connection.set_remote_description(RTCSessionDescription::answer(sdp)?).await
    }

    /// The answer to a server's offer, the first or a later one.
    pub async fn answer(&self, sdp: String) -> Result<String> {
        self.connection.set_remote_description(RTCSessionDescription::offer(sdp)?).await?;
        let answer = self.connection.create_answer(None).await?;
        self.settle(answer).await
    }

    async fn settle(&self, description: RTCSessionDescription) -> Result<String> {
        self.connection.set_local_description(description).await?;
        let _ = tokio::time::timeout(PATIENCE, self.gathered.lock().await.recv()).await;
        Ok(self.connection.local_description().await.map(|it| it.sdp).unwrap_or_default())
    }

    /// Packets so far, and the sum of the hashes of their contents.
    pub fn count(&self) -> (u64, u64) {
        (self.sums.packets.load(Ordering::Relaxed), self.sums.contents.load(Ordering::Relaxed))
    }
}

/// FNV-1a of the end of a payload.
fn content_hash(payload: &[u8]) -> u64 {
    let end = &payload[payload.len().saturating_sub(TAIL)..];
    end.iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Watching {
    gathered: mpsc::Sender<()>,
    sums: Arc<Sums>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Watching {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let sums = Arc::clone(&self.sums);
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event
                    && !packet.payload.is_empty()
                {
                    sums.packets.fetch_add(1, Ordering::Relaxed);
                    sums.contents.fetch_add(content_hash(&packet.payload), Ordering::Relaxed);
                }
            }
        });
    }
}
