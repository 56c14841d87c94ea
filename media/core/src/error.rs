//! Why media-core drops a packet, refuses an answer, or loses a leg.
//!
//! Returned by `packet` and `transport`; counted by the shard, shown to nobody. Never carries text
//! from outside: every variant is a closed fact, so that a hostile peer cannot write our logs.

/// A packet or frame that does not follow its grammar. Dropped and counted, never answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketDrop {
    /// Fewer bytes than the fixed part or a length field asks for.
    #[error("packet is truncated")]
    Truncated,
    /// The protocol version bits are not ours (RTP and RTCP: 2).
    #[error("unknown protocol version")]
    WrongVersion,
    /// A length field contradicts the bytes around it (padding, extension, attribute).
    #[error("length field contradicts the packet")]
    WrongLength,
    /// STUN without its magic cookie, or with a message type outside the method/class space.
    #[error("not a STUN message")]
    NotStun,
    /// A text field holds bytes outside its alphabet (ufrag, mid, rid).
    #[error("text field holds forbidden bytes")]
    ForbiddenText,
    /// A framed packet is longer than the named limit of its decoder.
    #[error("frame is longer than the limit")]
    FrameTooLong,
}

/// The caller's output buffer is shorter than what has to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("output buffer is too short")]
pub struct BufferFull;

/// Why an incoming SRTP or SRTCP packet was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SrtpDrop {
    /// The packet does not parse far enough to be authenticated.
    #[error("srtp packet is malformed: {0}")]
    Malformed(#[from] PacketDrop),
    /// The index was seen before (RFC 3711 section 3.3.2).
    #[error("srtp packet is a replay")]
    Replayed,
    /// The index lies below the replay window, so a replay cannot be excluded.
    #[error("srtp packet is older than the replay window")]
    TooOld,
    /// The authentication tag does not match.
    #[error("srtp packet is forged or damaged")]
    Forged,
    /// SRTCP without its encryption bit; WebRTC never negotiates clear RTCP.
    #[error("srtcp packet is not encrypted")]
    NotEncrypted,
    /// The peer used more synchronisation sources than one leg may.
    #[error("leg already has its maximum of incoming sources")]
    SourcesFull,
    /// The caller's output buffer is shorter than the payload.
    #[error("output buffer is too short")]
    BufferFull,
}

/// Why an outgoing packet was not sealed. Any of these is a bug of the caller or an exhausted key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealRefused {
    /// The header is malformed, or its sequence number is not the low half of the index.
    #[error("header does not belong to the given index")]
    HeaderMismatch,
    /// The index was sealed before or is too old: a second seal would repeat a nonce.
    #[error("index was sealed before")]
    IndexUsed,
    /// The index space of the key (2^48 packets, 2^31 reports) is used up.
    #[error("key is exhausted")]
    KeyExhausted,
    /// More outgoing sources than one leg may have.
    #[error("leg already has its maximum of outgoing sources")]
    SourcesFull,
    /// The caller's output buffer is shorter than the sealed packet.
    #[error("output buffer is too short")]
    BufferFull,
}

/// Why a browser's answer is refused. Stable: signalling shows these as error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefused {
    /// Longer than the limit in bytes, lines, or m-lines.
    #[error("answer is larger than the limit")]
    TooLarge,
    /// Not session description grammar.
    #[error("answer is not a session description")]
    Grammar,
    /// The m-lines are not those of the offer, in its order.
    #[error("answer does not match the offer's media lines")]
    LinesMismatch,
    /// ICE user fragment or password absent or outside RFC 8839's lengths and alphabet.
    #[error("answer carries no usable ice credentials")]
    IceCredentials,
    /// No usable SHA-256 certificate fingerprint.
    #[error("answer carries no sha-256 fingerprint")]
    Fingerprint,
    /// The answerer does not take the DTLS client role.
    #[error("answer does not take the active dtls role")]
    SetupRole,
    /// A line that is sent by us is answered as sent by the browser, or the reverse.
    #[error("answer reverses the direction of a media line")]
    Direction,
    /// Media is not bundled on one transport with RTCP multiplexed.
    #[error("answer does not bundle all media on one transport")]
    NotBundled,
    /// An answer came when no offer was outstanding, or the leg is closed.
    #[error("no offer is waiting for an answer")]
    NotExpected,
}

/// Why an offer that a program brought (WHIP, WHEP) is refused. Stable, as [`AnswerRefused`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferRefused {
    /// Longer than the limit in bytes, lines, or m-lines.
    #[error("offer is larger than the limit")]
    TooLarge,
    /// Not session description grammar.
    #[error("offer is not a session description")]
    Grammar,
    /// Both sides would be ICE-lite, and nobody would check.
    #[error("offer is ice-lite, and so are we")]
    BothLite,
    /// ICE user fragment or password absent or outside RFC 8839's lengths and alphabet.
    #[error("offer carries no usable ice credentials")]
    IceCredentials,
    /// No usable SHA-256 certificate fingerprint.
    #[error("offer carries no sha-256 fingerprint")]
    Fingerprint,
    /// Neither side could say hello.
    #[error("offer names no dtls role")]
    SetupRole,
    /// Bundled lines contradict each other.
    #[error("offer does not bundle all media on one transport")]
    NotBundled,
    /// No line in the right direction with VP8, H.264 (packetization mode 1) or Opus.
    #[error("offer has no line that can be used")]
    NothingUsable,
}

/// Why a leg could not be made or has ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportFailure {
    /// The process certificate could not be made.
    #[error("certificate could not be generated")]
    Certificate,
    /// ICE credentials given by the caller are shorter than RFC 8839 allows.
    #[error("ice credentials are too short")]
    IceCredentials,
    /// No local candidate address was given, or more than the limit.
    #[error("no usable local candidate address")]
    Candidates,
    /// The ICE library refused a step that our own state allows.
    #[error("ice agent refused the step")]
    Ice,
    /// The DTLS library refused the configuration.
    #[error("dtls configuration was refused")]
    DtlsConfig,
    /// The peer's certificate is not the one whose fingerprint the answer carries.
    #[error("certificate does not match the signalled fingerprint")]
    FingerprintMismatch,
    /// The client offers none of our SRTP profiles.
    #[error("client offers no srtp profile of ours")]
    NoSrtpProfile,
    /// The handshake failed inside DTLS (alert, protocol error).
    #[error("dtls handshake failed")]
    Handshake,
    /// ICE and DTLS were not done before the deadline.
    #[error("leg was not connected before the deadline")]
    ConnectDeadline,
    /// Neither a valid STUN check nor valid SRTP came for the silence limit.
    #[error("peer has been silent for too long")]
    Silent,
    /// The exported keying material does not have the length of its profile.
    #[error("exported keys do not fit the profile")]
    Keys,
}
