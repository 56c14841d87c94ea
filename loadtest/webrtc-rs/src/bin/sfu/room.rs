//! The room: the sender's packets go to every viewer's connection, key frames are asked for.
//!
//! Called by `main` for each request. Packets travel as in the crate's `broadcast` example: one channel
//! with a receiver and a task for each viewer; a viewer that falls behind loses packets, which it then
//! asks for again.

use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::Registry;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::interceptor_registry::register_default_interceptors;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{Mutex, Notify, mpsc, watch};
use webrtc::error::Result;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState,
    RTCPeerConnectionState, SettingEngineBuilder,
};

/// Packets that wait for the slowest viewer; four frames of 2.5 Mbit/s are fifty.
const QUEUE: usize = 256;
/// Longest wait for addresses and for the sender's first packets.
const PATIENCE: Duration = Duration::from_secs(5);
/// Key frames are asked for this often when nobody comes, as the example does,
const KEY_FRAME_INTERVAL: Duration = Duration::from_secs(3);
/// and at most this often when many come.
const KEY_FRAME_PAUSE: Duration = Duration::from_millis(300);

/// What is sent, by kind.
#[derive(Clone, Default)]
struct Codecs {
    audio: Option<RTCRtpCodec>,
    video: Option<RTCRtpCodec>,
}

type Packets = broadcast::Sender<(RtpCodecKind, rtp::Packet)>;

pub struct Room {
    packets: Packets,
    codecs: watch::Sender<Codecs>,
    came: Arc<Notify>,
    seats: Mutex<HashMap<u32, Arc<dyn PeerConnection>>>,
    number: AtomicU32,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            packets: broadcast::Sender::new(QUEUE),
            codecs: watch::Sender::default(),
            came: Arc::default(),
            seats: Mutex::default(),
            number: AtomicU32::new(1),
        }
    }
}

impl Room {
    /// Takes the sender's offer; its number and the answer.
    pub async fn let_send(&self, offer: String) -> Result<(u32, String)> {
        let (gathered, waiting) = mpsc::channel(1);
        let publishing = Publishing {
            gathered,
            packets: self.packets.clone(),
            codecs: self.codecs.clone(),
            came: Arc::clone(&self.came),
        };
        let connection = connection(Arc::new(publishing)).await?;
        for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
            let direction = RTCRtpTransceiverDirection::Recvonly;
            let init = RTCRtpTransceiverInit { direction, ..Default::default() };
            connection.add_transceiver_from_kind(kind, Some(init)).await?;
        }
        self.seat(connection, offer, waiting).await
    }

    /// Takes a viewer's offer; its number and the answer.
    pub async fn let_watch(&self, offer: String) -> Result<(u32, String)> {
        let mut codecs = self.codecs.subscribe();
        let both = codecs.wait_for(|it| it.audio.is_some() && it.video.is_some());
        let known = tokio::time::timeout(PATIENCE, both).await;
        let known = known.ok().and_then(|it| it.ok().map(|it| it.clone())).unwrap_or_default();
        let (gathered, waiting) = mpsc::channel(1);
        let connection = connection(Arc::new(Watching { gathered, came: Arc::clone(&self.came) })).await?;
        let base = self.number.fetch_add(2, Ordering::Relaxed) + 1_000;
        let mut tracks = Vec::new();
        for (kind, codec, ssrc) in
            [(RtpCodecKind::Audio, known.audio, base), (RtpCodecKind::Video, known.video, base + 1)]
        {
            let Some(codec) = codec else { continue };
            let track = Arc::new(TrackLocalStaticRTP::new(stream(kind, codec, ssrc)));
            connection.add_track(Arc::clone(&track) as Arc<dyn TrackLocal>).await?;
            tracks.push((kind, ssrc, track));
        }
        let seated = self.seat(connection, offer, waiting).await?;
        tokio::spawn(pass_on(self.packets.subscribe(), tracks));
        Ok(seated)
    }

    /// Ends a session.
    pub async fn dismiss(&self, number: u32) {
        let connection = self.seats.lock().await.remove(&number);
        if let Some(connection) = connection {
            let _ = connection.close().await;
        }
    }

    async fn seat(
        &self,
        connection: Arc<dyn PeerConnection>,
        offer: String,
        mut waiting: mpsc::Receiver<()>,
    ) -> Result<(u32, String)> {
        connection.set_remote_description(RTCSessionDescription::offer(offer)?).await?;
        let answer = connection.create_answer(None).await?;
        connection.set_local_description(answer).await?;
        let _ = tokio::time::timeout(PATIENCE, waiting.recv()).await;
        let answer = connection.local_description().await.map(|it| it.sdp).unwrap_or_default();
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.seats.lock().await.insert(number, connection);
        Ok((number, answer))
    }
}

async fn connection(handler: Arc<dyn PeerConnectionEventHandler>) -> Result<Arc<dyn PeerConnection>> {
    let mut engine = MediaEngine::default();
    engine.register_default_codecs()?;
    let registry = register_default_interceptors(Registry::new(), &mut engine)?;
    // A server has an address and needs no names of the local network.
    let settings = SettingEngineBuilder::new()
        .with_lite(true)
        .with_include_loopback_candidate(true)
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .build();
    let builder = PeerConnectionBuilder::new()
        .with_media_engine(engine)
        .with_setting_engine(settings)
        .with_interceptor_registry(registry)
        .with_handler(handler)
        .with_udp_addrs(vec!["127.0.0.1:0"]);
    Ok(Arc::new(builder.build().await?))
}

fn stream(kind: RtpCodecKind, codec: RTCRtpCodec, ssrc: u32) -> MediaStreamTrack {
    let coding = RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() };
    let encoding = RTCRtpEncodingParameters { rtp_coding_parameters: coding, codec, ..Default::default() };
    MediaStreamTrack::new("room".into(), format!("track-{ssrc}"), "room".into(), kind, vec![encoding])
}

/// One viewer's task: takes every packet and writes it to the viewer's track of its kind.
async fn pass_on(
    mut packets: broadcast::Receiver<(RtpCodecKind, rtp::Packet)>,
    tracks: Vec<(RtpCodecKind, u32, Arc<TrackLocalStaticRTP>)>,
) {
    loop {
        let (kind, mut packet) = match packets.recv().await {
            Ok(it) => it,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let Some((_, ssrc, track)) = tracks.iter().find(|it| it.0 == kind) else { continue };
        packet.header.ssrc = *ssrc;
        if track.write_rtp(packet).await.is_err() {
            return;
        }
    }
}

/// The sender's connection.
struct Publishing {
    gathered: mpsc::Sender<()>,
    packets: Packets,
    codecs: watch::Sender<Codecs>,
    came: Arc<Notify>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Publishing {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let kind = track.kind().await;
        let Some(source) = track.ssrcs().await.first().copied() else { return };
        let codec = track.codec(source).await;
        self.codecs.send_modify(|codecs| match kind {
            RtpCodecKind::Video => codecs.video = codec,
            _ => codecs.audio = codec,
        });
        if kind == RtpCodecKind::Video {
            tokio::spawn(ask_for_key_frames(Arc::clone(&track), source, Arc::clone(&self.came)));
        }
        let packets = self.packets.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    // Nobody watches yet.
                    let _ = packets.send((kind, packet));
                }
            }
        });
    }
}

async fn ask_for_key_frames(track: Arc<dyn TrackRemote>, source: u32, came: Arc<Notify>) {
    loop {
        let _ = tokio::time::timeout(KEY_FRAME_INTERVAL, came.notified()).await;
        let request = PictureLossIndication { sender_ssrc: 0, media_ssrc: source };
        if track.write_rtcp(vec![Box::new(request)]).await.is_err() {
            return;
        }
        tokio::time::sleep(KEY_FRAME_PAUSE).await;
    }
}

/// A viewer's connection.
struct Watching {
    gathered: mpsc::Sender<()>,
    came: Arc<Notify>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Watching {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if state == RTCPeerConnectionState::Connected {
            self.came.notify_one();
        }
    }
}
