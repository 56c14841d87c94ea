//! What one shard counts. Plain numbers on the packet path; handed to the metrics recorder once a
//! second. Every way of dropping something has its own number here.

use media_core::room::RoomCounters;

/// Declares the counters once: field, metric name, what it counts.
macro_rules! counters {
    ($($(#[$doc:meta])* $field:ident => $name:literal,)*) => {
        /// Counts since the shard started.
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $field: u64,)*
        }

        /// The recorder's side of [`Counters`] for one shard.
        pub(crate) struct Published {
            $($field: metrics::Counter,)*
        }

        impl Published {
            /// Registers every counter for `shard` at the recorder that is there now, if any.
            pub(crate) fn new(shard: u16) -> Self {
                let shard = shard.to_string();
                Self { $($field: metrics::counter!($name, "shard" => shard.clone()),)* }
            }

            /// Tells the recorder the present numbers.
            pub(crate) fn publish(&self, counters: &Counters) {
                $(self.$field.absolute(counters.$field);)*
            }
        }
    };
}

counters! {
    /// Datagrams and RFC 4571 frames that came in.
    received_packets => "vc_media_received_packets_total",
    /// Bytes of them.
    received_bytes => "vc_media_received_bytes_total",
    /// Datagrams given to the system.
    sent_packets => "vc_media_sent_packets_total",
    /// Bytes of them.
    sent_bytes => "vc_media_sent_bytes_total",
    /// Segment runs given to the system; packets over runs is the gain of UDP_SEGMENT.
    sent_runs => "vc_media_sent_runs_total",
    /// Media packets sealed for a receiver.
    forwarded_packets => "vc_media_forwarded_packets_total",
    /// Packets dropped because the kernel's send buffer was full.
    send_full => "vc_media_send_full_packets_total",
    /// Packets that the system refused to send, or that were too long.
    send_refused => "vc_media_send_refused_packets_total",
    /// Packets that could not be sealed: a key is used up, or a defect of ours.
    seal_refused => "vc_media_seal_refused_packets_total",
    /// Packets in a codec that the receiver, a program with its own offer, did not offer.
    untaken => "vc_media_untaken_packets_total",
    /// Times that the system refused UDP_SEGMENT.
    segments_refused => "vc_media_segments_refused_total",
    /// Datagrams longer than any packet of ours, or without usable addresses.
    cut_datagrams => "vc_media_cut_datagrams_total",
    /// Packets of no known protocol (RFC 7983).
    unknown_class => "vc_media_unknown_class_packets_total",
    /// Packets from an address that belongs to no leg.
    unknown_address => "vc_media_unknown_address_packets_total",
    /// STUN checks for no leg of ours, malformed ones and forged ones.
    stun_refused => "vc_media_stun_refused_packets_total",
    /// DTLS datagrams that the handshake did not want.
    dtls_refused => "vc_media_dtls_refused_packets_total",
    /// SRTP that could not be opened: forged, replayed, truncated, too early.
    srtp_refused => "vc_media_srtp_refused_packets_total",
    /// SRTCP that could not be opened or understood.
    srtcp_refused => "vc_media_srtcp_refused_packets_total",
    /// Media of an SSRC that belongs to another participant or to no m-line.
    foreign_ssrc => "vc_media_foreign_ssrc_packets_total",
    /// Media that the leg may not send now.
    not_allowed => "vc_media_not_allowed_packets_total",
    /// Packets of padding only, and bandwidth probes: expected, nothing to forward.
    padding => "vc_media_padding_packets_total",
    /// Voices that are not among the loudest: expected.
    not_loudest => "vc_media_not_loudest_packets_total",
    /// Media dropped for another reason by its stream (old, duplicate, malformed payload).
    stream_refused => "vc_media_stream_refused_packets_total",
    /// Packets above what one leg may send: bytes, packets, or sound.
    over_limit => "vc_media_over_limit_packets_total",
    /// Streams that began anew because their numbers or their clock jumped.
    stream_jumps => "vc_media_stream_jumps_total",
    /// Pieces of a receiver's feedback above what one receiver may send.
    feedback_refused => "vc_media_feedback_refused_total",
    /// Statuses in a receiver's feedback about packets that were never sent, or long ago.
    feedback_foreign => "vc_media_feedback_foreign_statuses_total",
    /// Pictures that began from a kept key-frame group, so that no sender was asked.
    keyframes_replayed => "vc_media_keyframe_groups_replayed_total",
    /// Key-frame requests of receivers for nothing, or too many of one receiver.
    keyframes_damped => "vc_media_keyframe_asks_damped_total",
    /// Packets for which the slab had no slot.
    slab_full => "vc_media_slab_full_packets_total",
    /// Packets that another shard did not get because the ring to it was full.
    ring_full => "vc_media_ring_full_packets_total",
    /// Control words to another shard that found their ring full.
    ring_control_full => "vc_media_ring_control_full_total",
    /// Times that words of another shard were lost, so that both told everything anew.
    neighbours_rejoined => "vc_media_ring_rejoined_total",
    /// Packets that came from other shards.
    ring_packets => "vc_media_ring_packets_total",
    /// Words from other shards about legs that are not theirs.
    foreign_words => "vc_media_foreign_words_total",
    /// TCP connections accepted.
    tcp_accepted => "vc_media_tcp_accepted_total",
    /// TCP connections taken over from the port of HTTPS.
    tcp_adopted => "vc_media_tcp_adopted_total",
    /// TCP connections refused or given up because too many were open.
    tcp_crowded => "vc_media_tcp_crowded_total",
    /// TCP connections closed because nothing came, or something that is no frame.
    tcp_closed => "vc_media_tcp_closed_total",
    /// Packets dropped because a TCP receiver reads too slowly.
    tcp_slow => "vc_media_tcp_slow_packets_total",
    /// Orders for a leg that is not there.
    unknown_leg => "vc_media_unknown_leg_orders_total",
    /// Events that signalling had no room for.
    sink_full => "vc_media_sink_full_events_total",
    /// Repair packets sent (RFC 4588).
    repaired_packets => "vc_media_repaired_packets_total",
    /// NACKed packets that the history no longer has.
    repair_missed => "vc_media_repair_missed_packets_total",
    /// NACKed packets that were not sent again: asked for again too soon, or too many at once.
    repair_damped => "vc_media_repair_damped_packets_total",
    /// Packets that waited because a receiver's rate was used up (pacing).
    paced => "vc_media_paced_packets_total",
    /// Packets given up because too many waited for one receiver; a NACK brings them.
    paced_dropped => "vc_media_paced_dropped_packets_total",
    /// Packets of padding sent to learn whether a receiver's link carries more.
    probe_packets => "vc_media_probe_packets_total",
    /// Packets that receivers said they lost (NACK), repeats included.
    nacked => "vc_media_nacked_packets_total",
    /// Lost packets that senders were asked to send again.
    asked_again => "vc_media_asked_again_packets_total",
    /// Key frames that receivers asked for (PLI, FIR), before merging.
    keyframes_wanted => "vc_media_keyframe_wishes_total",
    /// Processor time of the shard's thread in microseconds.
    cpu_us => "vc_media_cpu_us_total",
    /// Key-frame requests sent to senders, after merging.
    keyframe_requests => "vc_media_keyframe_requests_total",
    /// Legs opened.
    legs_opened => "vc_media_legs_opened_total",
    /// Legs that ended, whatever the reason.
    legs_ended => "vc_media_legs_ended_total",
}

impl Counters {
    /// Adds what a room has counted since `before`.
    pub(crate) const fn add_room(&mut self, counted: &RoomCounters, before: &RoomCounters) {
        let nacked = counted.nacks_answered + counted.nacks_damped + counted.nacks_missed;
        self.nacked += nacked - (before.nacks_answered + before.nacks_damped + before.nacks_missed);
        self.repair_missed += counted.nacks_missed - before.nacks_missed;
        self.repair_damped += counted.nacks_damped - before.nacks_damped;
        self.paced += counted.paced - before.paced;
        self.paced_dropped += counted.paced_dropped - before.paced_dropped;
        self.stream_jumps += counted.stream_jumps - before.stream_jumps;
        self.feedback_refused += counted.feedback_refused - before.feedback_refused;
        self.feedback_foreign += counted.feedback_foreign - before.feedback_foreign;
        self.keyframes_replayed += counted.keyframes_replayed - before.keyframes_replayed;
        self.keyframes_damped += counted.keyframes_damped - before.keyframes_damped;
        self.keyframes_damped += counted.keyframes_ignored - before.keyframes_ignored;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_without_a_recorder_does_nothing() {
        let counters = Counters { sent_packets: 3, ..Counters::default() };
        Published::new(0).publish(&counters);
        assert_eq!(counters.sent_packets, 3);
    }
}
