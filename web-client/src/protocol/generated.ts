// Generated from the Rust types by `UPDATE_GENERATED=1 cargo test -p signalling-server --test generated_types`.
// Do not edit: a test fails when this file is stale.

/**
 * Name of a conference as it stands in its link `/c/ID`: 1–64 characters of `a-z 0-9 -`, no
 * hyphen first or last.
 */
export type ConferenceId = string;

/**
 * One participant of one conference, numbered from 1 in order of arrival; a number is never
 * given twice within a conference, so it survives reconnects and server restarts.
 */
export type ParticipantId = number;

/**
 * One media connection of a participant; a participant who reconnects gets a new leg.
 * Numbered by the process, below 2^53 so that a browser can hold it.
 */
export type LegId = number;

/**
 * One thing that a participant sends. The name is also the `mid` of its m-line in every offer.
 */
export type Source = "microphone" | "camera" | "screen" | "screen_audio";

/**
 * One picture that a window shows.
 */
export type Wish = { participant: ParticipantId, 
/**
 * `camera` or `screen`; `microphone` of a composed picture for the mixed sound instead of single voices.
 * Any other sound is refused.
 */
source: Source, 
/**
 * Height of the picture on the screen in physical pixels, 1–4320; the layer follows it. Means nothing for
 * the mixed sound.
 */
height_px: number, };

/**
 * One occupied slot of a leg.
 */
export type SlotAssignment = { 
/**
 * The slot's `mid`: `v0`…`v27` or `a0`…`a3`.
 */
mid: string, participant: ParticipantId, source: Source, 
/**
 * The picture is there, but the leg's link does not carry even its smallest layer; sound goes on.
 */
is_paused?: boolean, 
/**
 * The picture is there in a codec that the leg's browser does not decode.
 */
is_unreadable?: boolean, };

/**
 * One simulcast layer as the offer names it (RFC 8851).
 */
export type Rid = "q" | "h" | "f";

/**
 * One voice that is heard.
 */
export type Speaker = { participant: ParticipantId, 
/**
 * RFC 6464 level, 0 (loudest) to 127 (silence), in −dBov.
 */
level_dbov: number, };

/**
 * Why a leg ended.
 */
export type LegLost = "silent" | "closed" | "handshake_failed" | "wrong_fingerprint" | "process_lost";

/**
 * Why a leg could not be made.
 */
export type LegRefusal = { "reason": "full", limit: number, } | { "reason": "bad_answer", detail: string, } | { "reason": "malformed_offer" } | { "reason": "bad_offer", detail: string, } | { "reason": "leg_taken" } | { "reason": "stopping" };

/**
 * How a leg's packets travel.
 */
export type Via = "udp" | "tcp";

/**
 * The SRTP protection profile in use (RFC 7714, RFC 5764).
 */
export type SrtpProfile = "aead_aes128_gcm" | "aead_aes256_gcm" | "aes128_cm_sha1_80";

/**
 * One media shard: an own thread with own sockets on media port + this number.
 */
export type ShardId = number;

/**
 * One site (điểm cầu): a node of a tree of sites, by the name that it has there.
 */
export type SiteId = string;

/**
 * How a meeting is run.
 */
export type MeetingKind = "normal" | "lecture" | "questioning";

/**
 * How secret a meeting is, lowest first.
 */
export type Secrecy = "public" | "internal" | "restricted" | "state_secret";

/**
 * Who may switch a microphone on.
 */
export type Microphones = "open" | "floor";

/**
 * What somebody waits for.
 */
export type Queue = "speech" | "question";

/**
 * How the pictures stand.
 */
export type Layout = "automatic" | "one" | "two" | "four" | "gallery" | "content";

/**
 * Why somebody is on the stage.
 */
export type StageOf = "nobody" | "chosen" | "floor" | "roll_call" | "patrol";

/**
 * How a composed picture is divided.
 */
export type Tiling = "full" | "one_and_one" | "one_and_three" | "one_and_five" | "one_and_seven" | "grid2" | "grid3" | "grid4" | "grid5" | "content_and_row" | "content_only";

/**
 * Whom a seat is kept for.
 */
export type SeatHolder = { "shows": "site", site: SiteId, } | { "shows": "queue" } | { "shows": "patrol" };

/**
 * A seat that is given.
 */
export type GivenSeat = { 
/**
 * By the order of the layout's tiles, from 0.
 */
seat: number, } & ({ "shows": "site", site: SiteId, } | { "shows": "queue" } | { "shows": "patrol" });

/**
 * One chosen division; seats that are not given go to whoever speaks.
 */
export type Arrangement = { tiling: Tiling, seats: Array<GivenSeat>, };

/**
 * Sites that get another picture than all.
 */
export type PictureGroup = { sites: Array<SiteId>, arrangement: Arrangement, };

/**
 * What was chosen.
 */
export type Arrangements = { 
/**
 * Absent while the picture follows the stage.
 */
for_all?: Arrangement, groups: Array<PictureGroup>, };

/**
 * How a site was found.
 */
export type SiteResult = "present" | "no_sound" | "no_picture" | "absent";

/**
 * Where a roll call stands.
 */
export type RollCallPhase = "running" | "paused" | "finished";

/**
 * What a person is in a conference (and, for the last four, in the system).
 */
export type Role = "chair" | "secretary" | "delegate" | "listener" | "site_operator" | "duty_operator" | "clerk" | "unit_administrator" | "administrator";

/**
 * Something that a role may or may not do in a conference.
 */
export type Act = "join" | "enter_directly" | "enter_early" | "send_sound" | "send_picture" | "share_screen" | "chat" | "raise_hand" | "lower_hands" | "mute" | "admit" | "remove" | "lock" | "end_for_all" | "go_live" | "give_floor" | "set_stage" | "run_agenda" | "call_roll" | "name_deputy" | "see_reports" | "see_statistics";

/**
 * Whether a participant's connection is there.
 */
export type Presence = "here" | "reconnecting";

/**
 * One participant as the others see it.
 */
export type ParticipantView = { id: ParticipantId, 
/**
 * Display name, NFC.
 */
name: string, 
/**
 * Unit or site (điểm cầu) line under the name; may be empty.
 */
unit: string, role: Role, presence: Presence, 
/**
 * Microphone is on: the participant wants it and nobody has muted it.
 */
microphone: boolean, camera: boolean, screen: boolean, 
/**
 * Who switched the microphone off, when it was not the participant; until switched on again. 0:
 * nobody inside.
 */
muted_by: ParticipantId | null, 
/**
 * The invited site for which the participant stands.
 */
site?: SiteId, 
/**
 * Absent for who has never had the floor.
 */
spoken?: SpokenView, };

/**
 * One chat message.
 */
export type ChatMessage = { 
/**
 * Numbered from 1 within the conference.
 */
id: number, from: ParticipantId, 
/**
 * Name at the time of writing, so that it stays readable after the author left.
 */
name: string, 
/**
 * NFC, 1–2000 characters.
 */
text: string, 
/**
 * Milliseconds since 1970-01-01 UTC.
 */
at_ms: number, };

/**
 * Somebody in the waiting room.
 */
export type WaitingPerson = { participant: ParticipantId, name: string, unit: string, since_ms: number, };

/**
 * What is true of the conference as a whole.
 */
export type ConferenceInfo = { id: ConferenceId, title: string, 
/**
 * Secrecy label shown everywhere, e.g. "Nội bộ"; empty when none.
 */
label: string, 
/**
 * Nobody else is let in.
 */
locked: boolean, 
/**
 * Arrivals wait until somebody admits them.
 */
waiting_room: boolean, 
/**
 * Ended for all.
 */
ended: boolean, 
/**
 * When the door opens to everybody, ms since 1970-01-01 UTC, perhaps past; absent when no time
 * was set or somebody has opened it.
 */
opens_ms?: number, kind: MeetingKind, secrecy: Secrecy, 
/**
 * Who may switch a microphone on.
 */
microphones: Microphones, 
/**
 * Who presides: the chair, or a deputy while no chair is there; may have gone. Absent before a chair
 * came.
 */
presiding?: ParticipantId, 
/**
 * Who was named to take over; may have gone.
 */
deputy?: ParticipantId, 
/**
 * Since when the meeting goes out as a live stream; absent when it does not.
 */
live_since_ms?: number, 
/**
 * The chair is lost; a deputy takes over then.
 */
takes_over_ms?: number, };

/**
 * Somebody who waits for the floor.
 */
export type RequestView = { participant: ParticipantId, 
/**
 * What it is about; may be empty.
 */
subject: string, 
/**
 * Absent when it is not known.
 */
since_ms?: number, };

/**
 * Who has the floor, with the lower third that everybody sees.
 */
export type TurnView = { 
/**
 * Counts the turns of the conference from 1; send it back as `seen`.
 */
number: number, 
/**
 * May have left while the turn waits.
 */
participant: ParticipantId, 
/**
 * Who speaks: the name that was given with the grant, else that of the participant.
 */
name: string, 
/**
 * Position; may be empty.
 */
position: string, 
/**
 * Name of the site, else the unit; may be empty.
 */
site: string, 
/**
 * What was asked for; absent when the floor was given without a request.
 */
queue?: Queue, subject: string, since_ms: number, limit_ms: number, 
/**
 * The speaker is away; the turn waits until then.
 */
held_until_ms?: number, };

/**
 * Who speaks and who waits.
 */
export type FloorView = { 
/**
 * Requests are taken from everybody.
 */
open: boolean, 
/**
 * Time of turns to come.
 */
limit_ms: number, turn: TurnView | null, 
/**
 * Who waits to speak (phát biểu), first one first.
 */
speech: Array<RequestView>, 
/**
 * Who waits to question (chất vấn).
 */
question: Array<RequestView>, };

/**
 * How often and how long somebody had the floor.
 */
export type SpokenView = { turns: number, total_ms: number, };

/**
 * What is set for all.
 */
export type StageView = { layout: Layout, 
/**
 * Why those are on it.
 */
of: StageOf, 
/**
 * Whose pictures are on the stage, most important first; more may be shown beside them.
 */
pictures: Array<ParticipantId>, 
/**
 * Who was chosen for it, whoever is on it now.
 */
chosen: Array<ParticipantId>, 
/**
 * Viewers may look at others as well.
 */
free: boolean, };

/**
 * One item of the agenda.
 */
export type AgendaItemView = { item: number, title: string, 
/**
 * Who presents it; may be empty.
 */
speakers: string, minutes: number, 
/**
 * Since when it is open; one item is at most.
 */
opened_ms?: number, 
/**
 * What it took before it was opened last.
 */
took_ms: number, done: boolean, 
/**
 * May be empty.
 */
conclusion: string, };

/**
 * One invited site (điểm cầu). Who stands for it: the participants whose `site` it is.
 */
export type SiteView = { id: SiteId, name: string, 
/**
 * Name of the node above it in the tree; empty for a root.
 */
group: string, 
/**
 * The walk of the roll call has yet to come to it.
 */
due: boolean, 
/**
 * What the roll call has found last; absent before.
 */
result?: SiteResult, marked_ms?: number, note: string, 
/**
 * How many people sit there.
 */
people?: number, 
/**
 * Their names, one a line; may be empty.
 */
names: string, 
/**
 * When it was called because it was absent.
 */
called_ms?: number, 
/**
 * What composed pictures write in place of its name; empty: the name.
 */
caption: string, };

/**
 * The roll call (điểm danh điểm cầu).
 */
export type RollCallView = { number: number, phase: RollCallPhase, started_ms: number, 
/**
 * Sites of this walk, and how many it has yet to come to, the current one included.
 */
walk: number, left: number, 
/**
 * The site that is called, also while paused.
 */
current?: SiteId, current_since_ms?: number, };

/**
 * Sites viewed in turn.
 */
export type PatrolView = { 
/**
 * On the stage for all; else only those who may set it are told where the patrol is.
 */
everybody: boolean, stay_ms: number, 
/**
 * The chosen sites; all that are there when empty.
 */
sites: Array<SiteId>, 
/**
 * Absent while nobody is there at any of them.
 */
site?: SiteId, until_ms: number, };

/**
 * A whole conference as one participant may see it.
 */
export type ConferenceView = { info: ConferenceInfo, 
/**
 * Everyone admitted and not left, in order of arrival.
 */
participants: Array<ParticipantView>, 
/**
 * Raised hands, first raised first.
 */
hands: Array<ParticipantId>, 
/**
 * The newest 500 messages, oldest first.
 */
chat: Array<ChatMessage>, 
/**
 * Who waits for admission, longest wait first; empty for those who may not admit.
 */
waiting: Array<WaitingPerson>, floor: FloorView, stage: StageView, 
/**
 * How composed pictures are divided; `null` for those who may not set the stage.
 */
pictures: Arrangements | null, 
/**
 * In order; empty without an agenda.
 */
agenda: Array<AgendaItemView>, 
/**
 * The invited sites in the order of their tree; empty for those who may not call the roll.
 */
sites: Array<SiteView>, 
/**
 * The newest roll call; `null` before the first and for those who may not call the roll.
 */
roll_call: RollCallView | null, 
/**
 * The patrol under way; `null` for those who may not set the stage.
 */
patrol: PatrolView | null, };

/**
 * The participant's own side of the conference.
 */
export type SelfView = { participant: ParticipantId, role: Role, 
/**
 * What the permission table allows this role, and more while the participant presides as deputy.
 */
may: Array<Act>, };

/**
 * Why somebody is no longer a participant.
 */
export type LeaveReason = "left" | "lost" | "removed" | "ended";

/**
 * One committed change.
 */
export type Delta = { "kind": "joined", participant: ParticipantView, } | { "kind": "changed", participant: ParticipantView, by: ParticipantId | null, } | { "kind": "left", participant: ParticipantId, reason: LeaveReason, } | { "kind": "conference", info: ConferenceInfo, by: ParticipantId | null, } | { "kind": "hands", hands: Array<ParticipantId>, } | { "kind": "chat", message: ChatMessage, } | { "kind": "waiting", waiting: Array<WaitingPerson>, } | { "kind": "muted", participants: Array<ParticipantId>, by: ParticipantId, undo_until_ms?: number, } | { "kind": "unmuted", participants: Array<ParticipantId>, by: ParticipantId, } | { "kind": "floor", floor: FloorView, } | { "kind": "stage", stage: StageView, } | { "kind": "pictures", pictures: Arrangements | null, } | { "kind": "agenda", agenda: Array<AgendaItemView>, } | { "kind": "sites", sites: Array<SiteView>, } | { "kind": "sites_changed", sites: Array<SiteView>, } | { "kind": "roll_call", roll_call: RollCallView | null, } | { "kind": "patrol", patrol: PatrolView | null, } | { "kind": "you", you: SelfView, };

/**
 * One item of an agenda as it is set.
 */
export type AgendaItem = { 
/**
 * Of an item that is there; a new one without.
 */
item?: number, 
/**
 * 1–300 characters.
 */
title: string, 
/**
 * Who presents it, at most 300 characters.
 */
speakers?: string, 
/**
 * Planned time; 0 when none is planned.
 */
minutes?: number, };

/**
 * What is asked. Everything but `hello` needs a finished `hello`.
 */
export type Request = { "type": "hello", resume?: string, last_seq?: number, 
/**
 * What the person has chosen in the lobby.
 */
microphone: boolean, camera: boolean, 
/**
 * Takes over the place that the person holds from another device or window, which is told
 * so; without it such a `hello` is refused with `inside_elsewhere`.
 */
moves?: boolean, } | { "type": "ack", seq: number, } | { "type": "ping", sent_ms: number, } | { "type": "open_media", } | { "type": "answer", leg: LegId, sdp: string, } | { "type": "restart_ice", leg: LegId, } | { "type": "watch", wishes: Array<Wish>, } | { "type": "set_media", microphone: boolean, camera: boolean, screen: boolean, } | { "type": "raise_hand", } | { "type": "lower_hand", participant?: ParticipantId, } | { "type": "chat", text: string, } | { "type": "mute", participant: ParticipantId, } | { "type": "mute_all", except?: Array<ParticipantId>, } | { "type": "undo_mute", } | { "type": "microphones", microphones: Microphones, } | { "type": "request_floor", participant?: ParticipantId, 
/**
 * Whoever stands for the site.
 */
site?: SiteId, queue?: Queue, subject?: string, } | { "type": "withdraw_floor", participant?: ParticipantId, 
/**
 * Whoever stands for the site.
 */
site?: SiteId, queue?: Queue, } | { "type": "move_request", participant: ParticipantId, queue: Queue, place: number, } | { "type": "grant_floor", participant?: ParticipantId, site?: SiteId, queue?: Queue, 
/**
 * Who speaks behind the device, for the lower third.
 */
speaker?: string, position?: string, limit_ms?: number, seen?: number, } | { "type": "release_floor", seen?: number, } | { "type": "floor_time", limit_ms: number, } | { "type": "floor_registration", open: boolean, } | { "type": "set_stage", layout: Layout, participants: Array<ParticipantId>, free: boolean, } | { "type": "arrange_picture", sites?: Array<SiteId>, arrangement: Arrangement | null, } | { "type": "set_caption", site: SiteId, caption: string | null, } | { "type": "set_kind", kind: MeetingKind, } | { "type": "name_deputy", participant: ParticipantId | null, } | { "type": "set_agenda", items: Array<AgendaItem>, } | { "type": "open_item", item: number, } | { "type": "close_item", } | { "type": "conclude_item", item: number, conclusion: string, } | { "type": "start_roll_call", failed?: boolean, } | { "type": "call_site", site: SiteId, } | { "type": "mark_site", site: SiteId, result: SiteResult, note?: string, people?: number, names?: string, 
/**
 * `marked_ms` of the site as the asker has seen it, 0 for no mark: when somebody else has marked
 * it since, this one is refused and changes nothing.
 */
seen_ms?: number, } | { "type": "pause_roll_call", } | { "type": "finish_roll_call", } | { "type": "seat", participant: ParticipantId, site: SiteId | null, } | { "type": "call_absent", sites: Array<SiteId>, } | { "type": "start_patrol", sites: Array<SiteId>, stay_ms: number, 
/**
 * On the stage for all; else only told to those who may set it.
 */
everybody: boolean, } | { "type": "turn_patrol", site?: SiteId, } | { "type": "stop_patrol", } | { "type": "remove", participant: ParticipantId, } | { "type": "lock", locked: boolean, } | { "type": "open_door", } | { "type": "waiting_room", enabled: boolean, } | { "type": "admit", participant: ParticipantId, } | { "type": "admit_all", } | { "type": "turn", participant: ParticipantId, } | { "type": "end_for_all", } | { "type": "open_live", } | { "type": "close_live", } | { "type": "leave", };

/**
 * One frame from the browser.
 */
export type ClientMessage = { 
/**
 * Chosen by the client, echoed in `done` or `refused`.
 */
id: number, } & ({ "type": "hello", resume?: string, last_seq?: number, 
/**
 * What the person has chosen in the lobby.
 */
microphone: boolean, camera: boolean, 
/**
 * Takes over the place that the person holds from another device or window, which is told
 * so; without it such a `hello` is refused with `inside_elsewhere`.
 */
moves?: boolean, } | { "type": "ack", seq: number, } | { "type": "ping", sent_ms: number, } | { "type": "open_media", } | { "type": "answer", leg: LegId, sdp: string, } | { "type": "restart_ice", leg: LegId, } | { "type": "watch", wishes: Array<Wish>, } | { "type": "set_media", microphone: boolean, camera: boolean, screen: boolean, } | { "type": "raise_hand", } | { "type": "lower_hand", participant?: ParticipantId, } | { "type": "chat", text: string, } | { "type": "mute", participant: ParticipantId, } | { "type": "mute_all", except?: Array<ParticipantId>, } | { "type": "undo_mute", } | { "type": "microphones", microphones: Microphones, } | { "type": "request_floor", participant?: ParticipantId, 
/**
 * Whoever stands for the site.
 */
site?: SiteId, queue?: Queue, subject?: string, } | { "type": "withdraw_floor", participant?: ParticipantId, 
/**
 * Whoever stands for the site.
 */
site?: SiteId, queue?: Queue, } | { "type": "move_request", participant: ParticipantId, queue: Queue, place: number, } | { "type": "grant_floor", participant?: ParticipantId, site?: SiteId, queue?: Queue, 
/**
 * Who speaks behind the device, for the lower third.
 */
speaker?: string, position?: string, limit_ms?: number, seen?: number, } | { "type": "release_floor", seen?: number, } | { "type": "floor_time", limit_ms: number, } | { "type": "floor_registration", open: boolean, } | { "type": "set_stage", layout: Layout, participants: Array<ParticipantId>, free: boolean, } | { "type": "arrange_picture", sites?: Array<SiteId>, arrangement: Arrangement | null, } | { "type": "set_caption", site: SiteId, caption: string | null, } | { "type": "set_kind", kind: MeetingKind, } | { "type": "name_deputy", participant: ParticipantId | null, } | { "type": "set_agenda", items: Array<AgendaItem>, } | { "type": "open_item", item: number, } | { "type": "close_item", } | { "type": "conclude_item", item: number, conclusion: string, } | { "type": "start_roll_call", failed?: boolean, } | { "type": "call_site", site: SiteId, } | { "type": "mark_site", site: SiteId, result: SiteResult, note?: string, people?: number, names?: string, 
/**
 * `marked_ms` of the site as the asker has seen it, 0 for no mark: when somebody else has marked
 * it since, this one is refused and changes nothing.
 */
seen_ms?: number, } | { "type": "pause_roll_call", } | { "type": "finish_roll_call", } | { "type": "seat", participant: ParticipantId, site: SiteId | null, } | { "type": "call_absent", sites: Array<SiteId>, } | { "type": "start_patrol", sites: Array<SiteId>, stay_ms: number, 
/**
 * On the stage for all; else only told to those who may set it.
 */
everybody: boolean, } | { "type": "turn_patrol", site?: SiteId, } | { "type": "stop_patrol", } | { "type": "remove", participant: ParticipantId, } | { "type": "lock", locked: boolean, } | { "type": "open_door", } | { "type": "waiting_room", enabled: boolean, } | { "type": "admit", participant: ParticipantId, } | { "type": "admit_all", } | { "type": "turn", participant: ParticipantId, } | { "type": "end_for_all", } | { "type": "open_live", } | { "type": "close_live", } | { "type": "leave", });

/**
 * Why the server ends a person's place.
 */
export type EndReason = "removed" | "turned_away" | "ended" | "joined_elsewhere" | "left";

/**
 * A refusal on the wire: stable code and facts, never prose.
 */
export type Refused = { "error": "not_allowed", } | { "error": "locked", } | { "error": "full", limit: number, } | { "error": "server_full", limit: number, } | { "error": "conference_ended", } | { "error": "not_open", } | { "error": "too_early", opens_ms: number, } | { "error": "inside_elsewhere", } | { "error": "screen_taken", by: ParticipantId, } | { "error": "microphones_closed", } | { "error": "not_inside", } | { "error": "registration_closed", } | { "error": "not_waiting", participant: ParticipantId, } | { "error": "nobody_waits", } | { "error": "away", participant: ParticipantId, } | { "error": "floor_changed", turn: number, } | { "error": "bad_time", limit_ms: number, } | { "error": "nothing_to_undo", } | { "error": "stage_full", limit: number, } | { "error": "too_secret", } | { "error": "no_recorder", } | { "error": "no_such_site", } | { "error": "no_sites", } | { "error": "site_absent", } | { "error": "no_roll_call", } | { "error": "roll_call_runs", } | { "error": "site_marked", } | { "error": "too_many_people", limit: number, } | { "error": "no_patrol", } | { "error": "bad_seat", seat: number, } | { "error": "pictures_full", limit: number, } | { "error": "agenda_full", limit: number, } | { "error": "no_such_item", item: number, } | { "error": "no_such_participant", participant: ParticipantId, } | { "error": "no_such_leg", leg: LegId, } | { "error": "text_length", limit: number, } | { "error": "too_fast", per_second: number, } | { "error": "malformed", detail: string, } | { "error": "too_large", limit: number, } | { "error": "hello_expected", } | { "error": "bad_resume", } | { "error": "media", detail: string, } | { "error": "bad_wish", limit: number, } | { "error": "stopping", retry_ms: number, };

/**
 * Numbered messages: a client that resumes gets every one that it has not seen.
 */
export type ServerMessage = { "type": "welcome", you: SelfView, 
/**
 * Opaque, ≤ 256 characters; good for resuming over a server restart.
 */
resume: string, server_time_ms: number, conference: ConferenceView, } | { "type": "waiting", place: number, resume: string, } | { "type": "delta", delta: Delta, } | { "type": "ended", reason: EndReason, by: string | null, };

/**
 * TURN over TLS through the HTTPS port, for networks that let nothing else pass.
 */
export type Relay = { username: string, 
/**
 * Opens relays for ten minutes.
 */
credential: string, 
/**
 * For `RTCIceServer`; without it `turns:` with the host and port of the page.
 */
url?: string, };

/**
 * What became of somebody's wish for the composed picture.
 */
export type ComposedStanding = "making" | "shown" | "lost" | "no_mixer" | "too_many" | "no_encoder";

/**
 * Messages that are worthless later; never repeated.
 */
export type Volatile = { "type": "resumed", you: SelfView, resume: string, } | { "type": "done", id: number, } | { "type": "refused", id: number, } & ({ "error": "not_allowed", } | { "error": "locked", } | { "error": "full", limit: number, } | { "error": "server_full", limit: number, } | { "error": "conference_ended", } | { "error": "not_open", } | { "error": "too_early", opens_ms: number, } | { "error": "inside_elsewhere", } | { "error": "screen_taken", by: ParticipantId, } | { "error": "microphones_closed", } | { "error": "not_inside", } | { "error": "registration_closed", } | { "error": "not_waiting", participant: ParticipantId, } | { "error": "nobody_waits", } | { "error": "away", participant: ParticipantId, } | { "error": "floor_changed", turn: number, } | { "error": "bad_time", limit_ms: number, } | { "error": "nothing_to_undo", } | { "error": "stage_full", limit: number, } | { "error": "too_secret", } | { "error": "no_recorder", } | { "error": "no_such_site", } | { "error": "no_sites", } | { "error": "site_absent", } | { "error": "no_roll_call", } | { "error": "roll_call_runs", } | { "error": "site_marked", } | { "error": "too_many_people", limit: number, } | { "error": "no_patrol", } | { "error": "bad_seat", seat: number, } | { "error": "pictures_full", limit: number, } | { "error": "agenda_full", limit: number, } | { "error": "no_such_item", item: number, } | { "error": "no_such_participant", participant: ParticipantId, } | { "error": "no_such_leg", leg: LegId, } | { "error": "text_length", limit: number, } | { "error": "too_fast", per_second: number, } | { "error": "malformed", detail: string, } | { "error": "too_large", limit: number, } | { "error": "hello_expected", } | { "error": "bad_resume", } | { "error": "media", detail: string, } | { "error": "bad_wish", limit: number, } | { "error": "stopping", retry_ms: number, }) | { "type": "offer", leg: LegId, sdp: string, 
/**
 * The way through the HTTPS port; newer offers of the leg bring newer credentials.
 */
relay?: Relay, } | { "type": "media_connected", leg: LegId, } | { "type": "media_lost", leg: LegId, } | { "type": "slots", leg: LegId, slots: Array<SlotAssignment>, } | { "type": "speakers", speakers: Array<Speaker>, } | { "type": "wanted", leg: LegId, source: Source, layers: Array<Rid>, } | { "type": "link", rtt_ms: number, uplink_loss: number, downlink_loss: number, 
/**
 * What the way to the person is believed to carry, in bit/s.
 */
estimate_bps: number, } | { "type": "composed", standing: ComposedStanding, } | { "type": "pong", sent_ms: number, server_time_ms: number, };

/**
 * One frame to the browser: reliable (numbered, kept until acknowledged) or volatile.
 */
export type ServerFrame = { 
/**
 * 1, 2, 3 … over all connections of one participant's place.
 */
seq: number, } & ({ "type": "welcome", you: SelfView, 
/**
 * Opaque, ≤ 256 characters; good for resuming over a server restart.
 */
resume: string, server_time_ms: number, conference: ConferenceView, } | { "type": "waiting", place: number, resume: string, } | { "type": "delta", delta: Delta, } | { "type": "ended", reason: EndReason, by: string | null, }) | Volatile;

/**
 * Application close codes (RFC 6455 section 7.4.2 leaves 4000–4999 to us).
 */
export type CloseCode = "stopping" | "protocol" | "too_fast" | "slow_reader" | "silent" | "place_ended" | "joined_elsewhere" | "not_let_in" | "server_failure" | "signed_out";

/**
 * What somebody who has signed in must do before anything else.
 */
export type Duty = "set_password" | "renew_password" | "set_up_second_factor";

/**
 * A rule that a password breaks; the server's order is the order in which they are shown.
 */
export type PasswordRule = "too_short" | "too_long" | "no_capital" | "no_small" | "no_digit" | "no_sign" | "holds_user_name" | "reused";

/**
 * Somebody who is signed in or came by a link.
 */
export type Person = { 
/**
 * Number of the person in the store, as text.
 */
id: string, 
/**
 * Login name; empty for guests and bearers of a token.
 */
user: string, 
/**
 * Display name, NFC.
 */
name: string, 
/**
 * Unit or site line under the name; may be empty.
 */
unit: string, role: Role, 
/**
 * Came by link, without an account: valid for one conference only.
 */
guest: boolean, 
/**
 * What must be done before anything else; left out when nothing must.
 */
duty?: Duty, };

/**
 * Answer of `GET /authority`: the local certificate authority, for people who install its root.
 */
export type Authority = { 
/**
 * Name under which the systems list it.
 */
name: string, 
/**
 * Fingerprint of the root, `AB:CD:…`.
 */
sha256: string, expires_at_ms: number, };

/**
 * Body of `POST /auth/login`.
 */
export type Login = { user: string, 
/**
 * Password, or the one-time code of a new account.
 */
password: string, 
/**
 * Code of the second factor, or a recovery code; once it was asked for.
 */
code?: string, };

/**
 * Body of `POST /auth/token`: a token made by `diemcau token`.
 */
export type TokenLogin = { token: string, };

/**
 * One line of `GET /conferences`.
 */
export type ConferenceSummary = { id: ConferenceId, title: string, 
/**
 * Secrecy label; empty when none.
 */
label: string, 
/**
 * Somebody may join now.
 */
open: boolean, 
/**
 * People in it now.
 */
participants: number, 
/**
 * What the caller is in it.
 */
role: Role, 
/**
 * When the door opens to everybody, ms since 1970-01-01 UTC, perhaps past; absent when no time
 * was set or somebody has opened it.
 */
opens_ms?: number, 
/**
 * When it is meant to begin; absent for one without a time.
 */
starts_ms?: number, 
/**
 * Always sent.
 */
state?: MeetingState, };

/**
 * Body of `POST /conferences`.
 */
export type NewConference = { 
/**
 * Name in the link; the server makes one when it is left out.
 */
id?: string, 
/**
 * 1–200 characters.
 */
title: string, 
/**
 * At most 60 characters.
 */
label?: string, waiting_room?: boolean, 
/**
 * Whether people without an account may come by the link.
 */
guests?: boolean, 
/**
 * When the door opens to everybody, ms since 1970-01-01 UTC, at most 400 days ahead; at once
 * when left out.
 */
opens_ms?: number, 
/**
 * Ids of the invited sites; the roll is called in the order of their tree.
 */
sites?: Array<string>, 
/**
 * `normal`, `lecture` or `questioning`.
 */
kind?: MeetingKind, 
/**
 * `public`, `internal`, `restricted` or `state_secret`; the last one forbids recording.
 */
secrecy?: Secrecy, 
/**
 * When it begins, ms since 1970-01-01 UTC; without it the meeting stands in no calendar.
 */
starts_ms?: number, 
/**
 * How long it is planned to last, 1–1440; 60 when left out.
 */
minutes?: number, 
/**
 * At most 2000 characters.
 */
note?: string, 
/**
 * At most 100 items.
 */
agenda?: Array<PlannedItem>, 
/**
 * Ids of sites, each of which brings itself and every site below it.
 */
trees?: Array<string>, 
/**
 * Sectors, each of which brings all of its sites.
 */
sectors?: Array<string>, 
/**
 * At most 1000.
 */
people?: Array<InvitedPerson>, 
/**
 * Makes one meeting for each of its times.
 */
series?: SeriesRule, 
/**
 * Template that fills what is left out here.
 */
template?: string, 
/**
 * Sends the invitations at once.
 */
invite?: boolean, };

/**
 * Answer of `POST /conferences`.
 */
export type ConferenceCreated = { id: ConferenceId, 
/**
 * Of a series all of them, in order of time.
 */
ids?: Array<string>, 
/**
 * Sites and people that are invited elsewhere at the same time.
 */
conflicts?: Array<Conflict>, };

/**
 * What stands at the door of a conference; public.
 */
export type Lobby = { id: ConferenceId, title: string, label: string, 
/**
 * Name of the chair; empty when none is known.
 */
chair: string, 
/**
 * Somebody may join now.
 */
open: boolean, locked: boolean, ended: boolean, waiting_room: boolean, guests_allowed: boolean, participants: number, 
/**
 * Most participants at once.
 */
limit: number, 
/**
 * Nobody new gets in anywhere: all places of the server are taken.
 */
server_full?: boolean, 
/**
 * As in [`ConferenceSummary`].
 */
opens_ms?: number, 
/**
 * Where the plan stands.
 */
state?: MeetingState, 
/**
 * When it is planned to begin; absent when no time was set.
 */
starts_ms?: number, 
/**
 * How long it is planned to last.
 */
minutes?: number, 
/**
 * Why it was cancelled; empty unless it was.
 */
cancel_reason?: string, 
/**
 * Who the caller would be, `null` when not known yet.
 */
you: Person | null, };

/**
 * Body of `POST /conferences/ID/guest`.
 */
export type GuestEntry = { 
/**
 * 1–80 characters.
 */
name: string, 
/**
 * At most 120 characters.
 */
unit?: string, };

/**
 * One site (điểm cầu) of the tree.
 */
export type SiteSummary = { id: string, name: string, 
/**
 * `province`, `department`, `district`, `commune`, `education`, `health` …
 */
kind: string, 
/**
 * Site above this one; `null` for a root.
 */
parent: string | null, 
/**
 * Sector group that cuts across the tree; `null` when none.
 */
sector: string | null, 
/**
 * The name is a sample: no source gave the real one.
 */
sample: boolean, };

/**
 * Answer of `GET /check/clock`.
 */
export type CheckClock = { server_time_ms: number, };

/**
 * Answer of `POST /check/upload`.
 */
export type CheckUploaded = { bytes: number, };

/**
 * Answer of `POST /check/leg`: an offer, and the key that its answer is sent with.
 */
export type CheckLeg = { key: string, sdp: string, 
/**
 * The way through the HTTPS port, where it is on.
 */
relay?: Relay, };

/**
 * Body of `POST /check/leg/KEY/answer`.
 */
export type CheckAnswer = { sdp: string, };

/**
 * What one line of a report is about.
 */
export type CheckStep = "browser" | "camera" | "microphone" | "speaker" | "server" | "udp" | "tcp" | "tls" | "download" | "upload" | "clock";

/**
 * How a step ended, best first.
 */
export type CheckGrade = "skipped" | "good" | "weak" | "bad";

/**
 * One line of a report.
 */
export type CheckLine = { step: CheckStep, grade: CheckGrade, 
/**
 * kbit/s for bandwidth, ms for delays and clocks.
 */
figure?: number, };

/**
 * Body of `POST /check`. Holds no name, no device and no address.
 */
export type CheckReport = { 
/**
 * What the browser says it is, at most 200 characters.
 */
browser: string, 
/**
 * At most 24.
 */
lines: Array<CheckLine>, };

/**
 * Answer of `POST /check`.
 */
export type CheckReceipt = { 
/**
 * The id of the report, the same in the server's log as `check=`.
 */
id: string, };

/**
 * How a live stream stands.
 */
export type LiveState = "closed" | "starting" | "running" | "ended";

/**
 * Answer of `/conferences/ID/live`.
 */
export type LiveStanding = { id: ConferenceId, title: string, 
/**
 * Secrecy label; empty when none.
 */
label: string, state: LiveState, 
/**
 * When it was opened, ms since 1970-01-01 UTC.
 */
since_ms?: number, 
/**
 * Path of the page with the player.
 */
page: string, };

/**
 * One stream that a participant sends.
 */
export type StreamStatistics = { source: Source, 
/**
 * `q`, `h` or `f`; `q` where there is one size only.
 */
layer: Rid, bps: number, 
/**
 * 0 for sound, and until it is known.
 */
height_px: number, loss: number, jitter_ms: number, };

/**
 * One media connection. Rates and losses are those of the last 2 s; counts run since the
 * connection began and wrap at 2^32.
 */
export type LinkStatistics = { 
/**
 * The shard that carries it.
 */
shard: ShardId, 
/**
 * `udp` or `tcp`; `null` when not known.
 */
via: Via | null, 
/**
 * Towards the server, bit/s.
 */
uplink_bps: number, 
/**
 * From the server, bit/s.
 */
downlink_bps: number, 
/**
 * 0.0–1.0, before repair.
 */
uplink_loss: number, 
/**
 * 0.0–1.0, as the receiver reports it.
 */
downlink_loss: number, 
/**
 * 0 until measured.
 */
rtt_ms: number, jitter_ms: number, 
/**
 * What the way from the server is believed to carry, bit/s.
 */
estimate_bps: number, 
/**
 * What the participant sends now.
 */
streams: Array<StreamStatistics>, 
/**
 * Pictures that the participant is sent: small, medium, large.
 */
shown: Array<number>, 
/**
 * Pictures that its link does not carry.
 */
paused: number, 
/**
 * Packets that wait for their turn.
 */
waiting_packets: number, 
/**
 * Lost on the way to the server and asked for again.
 */
asked_again: number, 
/**
 * Of these, those that came.
 */
recovered: number, 
/**
 * Lost on the way to the participant, as it says.
 */
nacked: number, 
/**
 * Of these, those that were sent again.
 */
repaired: number, 
/**
 * Key frames asked of the participant.
 */
keyframes_asked: number, 
/**
 * Key frames that the participant asked for.
 */
keyframes_wanted: number, 
/**
 * Packets from the participant that were dropped: muted, malformed, too late.
 */
refused: number, 
/**
 * Packets to the participant that waited for its rate.
 */
paced: number, 
/**
 * Of these, those that were given up.
 */
given_up: number, };

/**
 * One participant.
 */
export type ParticipantStatistics = { participant: ParticipantId, name: string, unit: string, role: Role, 
/**
 * The connection for messages stands; `false` while it is being restored.
 */
is_here: boolean, 
/**
 * `null`: no media connection, or nothing heard of it for some seconds.
 */
link: LinkStatistics | null, };

/**
 * How much a media shard has to do.
 */
export type ShardStatistics = { shard: ShardId, 
/**
 * Share of one core, 0.0–1.0.
 */
cpu: number, legs: number, conferences: number, received_pps: number, sent_pps: number, received_bps: number, sent_bps: number, 
/**
 * Packets a second from other shards.
 */
relayed_pps: number, 
/**
 * Packets that wait for the rate of some receiver.
 */
waiting_packets: number, 
/**
 * Packets in the fullest ring towards another shard.
 */
ring_packets: number, 
/**
 * Longest turn of the loop in the last 2 s.
 */
longest_turn_us: number, 
/**
 * Packets a second that were dropped because something was full.
 */
dropped_pps: number, };

/**
 * What one composed picture took of the mixer in the last second.
 */
export type ProgrammeStatistics = { 
/**
 * As whose camera it is published.
 */
programme: ParticipantId, 
/**
 * Rates that are encoded: one, or two where the links of its viewers differ.
 */
encoders: number, 
/**
 * What the mixer gives up under overload: 0 nothing, 1 trouble of the encoder, 2 pictures a second,
 * 3 lines, 4 further pictures.
 */
ladder_step: number, pictures: number, decode_us: number, compose_us: number, encode_us: number, 
/**
 * Packets of cameras that wait for others that have not come.
 */
waiting_packets: number, 
/**
 * Pictures of cameras that were given up.
 */
late_pictures: number, 
/**
 * Key frames asked of cameras.
 */
keyframes_asked: number, 
/**
 * Key frames that viewers asked for.
 */
keyframes_wanted: number, keyframes_sent: number, };

/**
 * Everybody's media connection at one moment.
 */
export type ConferenceStatistics = { 
/**
 * The server's time, ms since 1970-01-01 UTC.
 */
at_ms: number, 
/**
 * In order of arrival.
 */
participants: Array<ParticipantStatistics>, 
/**
 * Media shards of the whole server, for administrators and duty operators; left out for others.
 */
shards?: Array<ShardStatistics>, 
/**
 * Composed pictures that are made; left out where there are none.
 */
programmes?: Array<ProgrammeStatistics>, };

/**
 * What a file is about; told by its header.
 */
export type FileKind = "people" | "units";

/**
 * A column that is understood.
 */
export type Field = "user" | "name" | "unit" | "role" | "code" | "parent";

/**
 * Why a file cannot be read at all.
 */
export type FileProblem = { "problem": "empty", } | { "problem": "not_utf8", line: number, } | { "problem": "line_too_long", line: number, limit: number, } | { "problem": "too_many_rows", limit: number, } | { "problem": "unknown_header", } | { "problem": "missing_column", field: Field, } | { "problem": "double_column", field: Field, } | { "problem": "not_a_workbook", } | { "problem": "workbook_too_large", limit: number, };

/**
 * Why a row is refused.
 */
export type RowProblem = "missing" | "too_long" | "bad_characters" | "too_many_values" | "unknown_role" | "unknown_unit" | "ambiguous_unit" | "duplicate" | "other_unit" | "role_not_allowed" | "own_role" | "unknown_parent" | "bad_tree";

/**
 * One value that changes.
 */
export type FieldChange = { field: Field, from: string, to: string, };

/**
 * What becomes of a row.
 */
export type Outcome = "added" | "changed" | "unchanged" | "refused";

/**
 * One row as it is shown.
 */
export type Line = { 
/**
 * Line of the file, from 1.
 */
line: number, 
/**
 * Login name, or code of the unit, as the file has it.
 */
key: string, name: string, outcome: Outcome, changes: Array<FieldChange>, 
/**
 * Of a refused row: why, and in which column.
 */
problem: RowProblem | null, field: Field | null, };

/**
 * The code with which a new account signs in for the first time.
 */
export type NewCode = { user: string, name: string, unit: string, code: string, };

/**
 * Answer of `POST /people/import`.
 */
export type ImportReport = { kind: FileKind, 
/**
 * `,`, `;` or a tab.
 */
separator: string, 
/**
 * Columns that are not understood and not used.
 */
ignored_columns: Array<string>, added: number, changed: number, unchanged: number, refused: number, 
/**
 * Every refused row, and the first of the others that change something.
 */
lines: Array<Line>, 
/**
 * Name of this plan: send it as `apply` to carry it out.
 */
plan: string, 
/**
 * It was carried out.
 */
applied: boolean, 
/**
 * Codes of new accounts, for their first sign-in; told this once.
 */
codes: Array<NewCode>, };

/**
 * Answer of `GET /me/profile`.
 */
export type Profile = { person: Person, password_set_ms: number, 
/**
 * When the password must be renewed; `null` when never.
 */
password_ends_ms: number | null, 
/**
 * Fewest characters of a new password.
 */
password_least: number, second_factor: SecondFactorState, };

/**
 * How the second factor stands.
 */
export type SecondFactorState = { 
/**
 * A code is asked for at every sign-in.
 */
on: boolean, 
/**
 * The role may not do without.
 */
required: boolean, 
/**
 * Recovery codes that are left.
 */
recovery_codes: number, };

/**
 * Body of `POST /me/password`.
 */
export type PasswordChange = { 
/**
 * May be empty right after signing in with a one-time code.
 */
current: string, new: string, };

/**
 * Body of what asks for the password once more.
 */
export type PasswordAgain = { password: string, };

/**
 * Answer of `POST /me/second-factor`: told this once.
 */
export type SecondFactorBegun = { 
/**
 * To be typed into the app when its camera cannot be used.
 */
secret: string, 
/**
 * What the QR code says.
 */
address: string, 
/**
 * Modules along one edge of the QR code.
 */
qr_size: number, 
/**
 * The dark modules as an SVG path, one unit each.
 */
qr_path: string, };

/**
 * Body of `POST /me/second-factor/confirm`.
 */
export type SecondFactorCode = { code: string, };

/**
 * Answer of `POST /me/second-factor/confirm` and `…/recovery-codes`: told this once.
 */
export type RecoveryCodes = { codes: Array<string>, };

/**
 * One line of `GET /me/sessions`.
 */
export type SessionSummary = { 
/**
 * Name for `DELETE /me/sessions/ID`.
 */
id: string, created_ms: number, seen_ms: number, 
/**
 * Where the sign-in came from.
 */
address: string, 
/**
 * What the browser called itself.
 */
agent: string, 
/**
 * The session of this request.
 */
current: boolean, };

/**
 * Answer of `DELETE /me/sessions`.
 */
export type SessionsEnded = { ended: number, };

/**
 * Answer of `GET /me/session`: how long this session lives when nobody does anything.
 */
export type SessionLife = { left_s: number, 
/**
 * What `left_s` is after somebody did something.
 */
idle_s: number, };

/**
 * Where a planned meeting stands.
 */
export type MeetingState = "planned" | "running" | "ended" | "passed" | "cancelled";

/**
 * One item of the agenda as planned.
 */
export type PlannedItem = { 
/**
 * 1–300 characters.
 */
title: string, 
/**
 * At most 300 characters.
 */
speakers: string, 
/**
 * 0–1440; 0 when no time is planned.
 */
minutes: number, };

/**
 * A day of the week.
 */
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/**
 * When the meetings of a series are, by the calendar of Việt Nam. `until_ms` or `count` ends it.
 */
export type SeriesRule = { "every": "week", 
/**
 * Every so many weeks, 1–12.
 */
weeks: number, 
/**
 * The weekday of the first meeting when left out.
 */
days?: Array<Weekday>, until_ms?: number, count?: number, } | { "every": "month", 
/**
 * Every so many months, 1–12.
 */
months: number, 
/**
 * 1–4, or -1 for the last one of the month.
 */
week: number, day: Weekday, until_ms?: number, count?: number, };

/**
 * Body of `POST /series/preview`.
 */
export type SeriesAsked = { starts_ms: number, rule: SeriesRule, };

/**
 * Answer of `POST /series/preview`.
 */
export type SeriesShown = { starts_ms: number[], };

/**
 * To which meetings of a series a change applies.
 */
export type SeriesScope = "this" | "following";

/**
 * What is invited twice at one time.
 */
export type ConflictKind = "site" | "person";

/**
 * A site, or somebody who leads, invited to two meetings at once. A warning, never a refusal.
 */
export type Conflict = { kind: ConflictKind, 
/**
 * Of the site or person.
 */
id: string, name: string, 
/**
 * The other meeting.
 */
conference: string, title: string, starts_ms: number, minutes: number, };

/**
 * Body of `POST /meetings/conflicts`.
 */
export type ConflictCheck = { 
/**
 * The meeting itself, which does not clash with itself.
 */
id?: string, starts_ms: number, minutes: number, sites?: Array<string>, trees?: Array<string>, sectors?: Array<string>, people?: Array<InvitedPerson>, };

/**
 * A site as a plan names it.
 */
export type PlannedSite = { id: string, name: string, 
/**
 * Name of the site above; empty for a root.
 */
parent: string, };

/**
 * A planned meeting in full.
 */
export type MeetingPlan = { id: string, title: string, label: string, kind: MeetingKind, secrecy: Secrecy, waiting_room: boolean, guests: boolean, opens_ms?: number, starts_ms?: number, minutes: number, note: string, state: MeetingState, 
/**
 * Empty unless it was cancelled.
 */
cancel_reason: string, agenda: Array<PlannedItem>, sites: Array<PlannedSite>, 
/**
 * The series of which it is one.
 */
series?: string, 
/**
 * Counts up with every change that people are told of.
 */
sequence: number, 
/**
 * Name of who made it; empty when not known.
 */
created_by: string, 
/**
 * The caller may change it.
 */
may_edit: boolean, };

/**
 * Body of `PATCH /conferences/ID/plan`; what is left out stays.
 */
export type PlanChange = { scope?: SeriesScope, title?: string, label?: string, kind?: MeetingKind, secrecy?: Secrecy, waiting_room?: boolean, guests?: boolean, 
/**
 * `null` takes the time away.
 */
opens_ms: number | null, 
/**
 * With scope `following`, those after it move by the same difference.
 */
starts_ms: number, minutes?: number, note?: string, agenda?: Array<PlannedItem>, sites?: Array<string>, trees?: Array<string>, sectors?: Array<string>, 
/**
 * Tell the invited by mail; yes unless `false`.
 */
notify?: boolean, };

/**
 * Answer of `PATCH /conferences/ID/plan`.
 */
export type PlanChanged = { plan: MeetingPlan, 
/**
 * Every meeting that was changed.
 */
changed: Array<string>, conflicts: Array<Conflict>, };

/**
 * Body of `POST /conferences/ID/cancel`.
 */
export type Cancellation = { 
/**
 * At most 500 characters.
 */
reason?: string, scope?: SeriesScope, 
/**
 * Tell the invited by mail; yes unless `false`.
 */
notify?: boolean, };

/**
 * Answer of `POST /conferences/ID/cancel`.
 */
export type CancelledMeetings = { cancelled: Array<string>, };

/**
 * Body of `POST /conferences/ID/restore`.
 */
export type Restoration = { 
/**
 * `following` restores all of its series that were cancelled together with it.
 */
scope?: SeriesScope, 
/**
 * Tell those who were told of the cancellation; yes unless `false`.
 */
notify?: boolean, };

/**
 * Answer of `POST /conferences/ID/restore`.
 */
export type RestoredMeetings = { restored: Array<string>, };

/**
 * One line of `GET /meetings`.
 */
export type MeetingLine = { id: string, title: string, label: string, kind: MeetingKind, secrecy: Secrecy, starts_ms?: number, minutes: number, state: MeetingState, series?: string, 
/**
 * Invited sites.
 */
sites: number, 
/**
 * Invited people.
 */
people: number, 
/**
 * Those of them who have answered.
 */
answered: number, 
/**
 * People in it now.
 */
participants: number, 
/**
 * What the caller is in it.
 */
role: Role, may_edit: boolean, };

/**
 * Answer of `GET /meetings`.
 */
export type MeetingList = { meetings: Array<MeetingLine>, total: number, 
/**
 * From 1.
 */
page: number, pages: number, };

/**
 * A meeting of the day for one person.
 */
export type TodayMeeting = { id: string, title: string, label: string, kind: MeetingKind, secrecy: Secrecy, starts_ms?: number, minutes: number, state: MeetingState, 
/**
 * Empty unless it was cancelled.
 */
cancel_reason: string, 
/**
 * What the caller is in it.
 */
role: Role, 
/**
 * As what the caller was invited; absent for who comes with a site or keeps watch.
 */
invited_as?: InvitedRole, answer?: InvitationAnswer, 
/**
 * The door is open to the caller.
 */
open: boolean, opens_ms?: number, participants: number, 
/**
 * Name of who is invited as chair, else of who leads now; may be empty.
 */
chair: string, 
/**
 * The caller's own sites that take part.
 */
sites: Array<PlannedSite>, };

/**
 * Answer of `GET /today`.
 */
export type Today = { 
/**
 * `YYYY-MM-DD` by the calendar of Việt Nam.
 */
day: string, meetings: Array<TodayMeeting>, };

/**
 * A meeting kept to make others from.
 */
export type MeetingTemplate = { id: string, name: string, created_ms: number, meeting: NewConference, };

/**
 * Body of `POST /templates`: a meeting as given, or as the one `from`.
 */
export type NewTemplate = { 
/**
 * 1–120 characters.
 */
name: string, meeting?: NewConference, from?: string, };

/**
 * What somebody is invited as.
 */
export type InvitedRole = "chair" | "deputy" | "secretary" | "delegate" | "listener" | "site_operator" | "duty_operator";

/**
 * How an invitation was answered.
 */
export type InvitationAnswer = "waiting" | "yes" | "no" | "delegated";

/**
 * Somebody to invite: an account by `user` or `person`, or anybody by `email`.
 */
export type InvitedPerson = { user?: string, 
/**
 * Number of the person, as text.
 */
person?: string, 
/**
 * May stand beside an account.
 */
email?: string, 
/**
 * At most 120 characters; an account's own name counts.
 */
name?: string, unit?: string, role: InvitedRole, };

/**
 * Body of `POST /conferences/ID/invitations`.
 */
export type InvitePeople = { people: Array<InvitedPerson>, };

/**
 * Body of `PATCH /conferences/ID/invitations/INVITATION`.
 */
export type InvitationChange = { role: InvitedRole, };

/**
 * How something that leaves the system stands.
 */
export type DeliveryState = "waiting" | "sent" | "refused" | "given_up" | "no_server";

/**
 * What a mail is for.
 */
export type MailKind = "invitation" | "change" | "cancellation" | "reminder";

/**
 * The newest mail of an invitation.
 */
export type NewestMail = { kind: MailKind, state: DeliveryState, 
/**
 * What the mail server said last; may be empty.
 */
said: string, at_ms: number, };

/**
 * One invitation as who plans the meeting sees it.
 */
export type Invitation = { id: string, 
/**
 * Number of the account's holder; absent for people without an account.
 */
person?: string, 
/**
 * Login name; empty without an account.
 */
user: string, name: string, unit: string, 
/**
 * Empty when none is known.
 */
email: string, role: InvitedRole, answer: InvitationAnswer, reason: string, answered_ms?: number, 
/**
 * The invitation in whose place this one stands.
 */
delegate_of?: string, 
/**
 * The newest mail, once there is one.
 */
mail?: NewestMail, };

/**
 * Body of `POST /conferences/ID/invitations/send`: to everybody who was sent none, unless it says whom.
 */
export type SendInvitations = { 
/**
 * These invitations, again if need be.
 */
only?: Array<string>, 
/**
 * Everybody who has not answered, again.
 */
unanswered?: boolean, };

/**
 * Answer of `POST /conferences/ID/invitations/send`.
 */
export type SentInvitations = { queued: number, 
/**
 * No address is known of so many.
 */
without_address: number, 
/**
 * No mail server is set: they are kept.
 */
no_server: boolean, };

/**
 * What is wrong with a line of a file of people to invite.
 */
export type InvitedLineProblem = "no_name" | "bad_email" | "bad_role" | "no_such_user" | "twice" | "too_long" | "formula";

/**
 * A line that is left out.
 */
export type InvitedLine = { 
/**
 * Of the file, from 1.
 */
line: number, problem: InvitedLineProblem, };

/**
 * Answer of `POST /conferences/ID/invitations/import`: nothing is kept of it.
 */
export type InvitedFile = { people: Array<InvitedPerson>, problems: Array<InvitedLine>, };

/**
 * Who comes instead: an account, or anybody by name.
 */
export type Delegate = { user?: string, person?: string, email?: string, name?: string, unit?: string, };

/**
 * Body of `PUT /conferences/ID/answer` and `POST /answers/TOKEN`.
 */
export type GivenAnswer = { 
/**
 * `yes`, `no` or `delegated`.
 */
answer: InvitationAnswer, 
/**
 * Needed for `no`; at most 500 characters.
 */
reason?: string, 
/**
 * Needed for `delegated`.
 */
delegate?: Delegate, };

/**
 * An invitation as its link shows it, without a sign-in.
 */
export type InvitationShown = { conference: string, title: string, label: string, starts_ms?: number, minutes: number, state: MeetingState, cancel_reason: string, 
/**
 * Name of who is invited as chair; may be empty.
 */
chair: string, name: string, unit: string, role: InvitedRole, answer: InvitationAnswer, reason: string, 
/**
 * Name of who comes instead; empty when nobody does.
 */
delegate: string, };

/**
 * Answer of `POST /answers/TOKEN/enter`.
 */
export type Entrance = { conference: string, };

/**
 * One mail of `GET /outbox`.
 */
export type OutboxLine = { id: string, conference: string, title: string, to: string, name: string, kind: MailKind, state: DeliveryState, attempts: number, 
/**
 * When it is tried next.
 */
next_ms?: number, 
/**
 * When it was last touched.
 */
at_ms: number, 
/**
 * What the mail server said last, in its words; may be empty.
 */
said: string, };

/**
 * Answer of `GET /mail`.
 */
export type MailServerState = { configured: boolean, 
/**
 * The address mails come from; empty when no server is set.
 */
from: string, };

/**
 * Answer of `GET /me/calendar`.
 */
export type CalendarState = { active: boolean, made_ms?: number, };

/**
 * Answer of `POST /me/calendar`: told this once.
 */
export type CalendarAddress = { 
/**
 * Path and key, to be put behind the server's name.
 */
address: string, };

/**
 * Body and answer of `/me/email`.
 */
export type OwnEmail = { 
/**
 * Empty when none is known, or to forget it.
 */
email: string, };

/**
 * One line of `GET /people`: somebody who can be invited.
 */
export type PersonFound = { person: string, user: string, name: string, unit: string, role: Role, email: string, };

/**
 * What a web-hook can be told of.
 */
export type HookEvent = "meeting.planned" | "meeting.changed" | "meeting.cancelled" | "meeting.opened" | "meeting.ended" | "invitation.answered" | "roll_call.finished" | "test";

/**
 * One web-hook.
 */
export type Webhook = { id: string, url: string, events: Array<HookEvent>, active: boolean, made_ms: number, };

/**
 * Body of `POST /webhooks`.
 */
export type NewWebhook = { 
/**
 * `https://…` or `http://…`, at most 500 bytes, without a user in it.
 */
url: string, events: Array<HookEvent>, 
/**
 * 16–200 characters; made when left out.
 */
secret?: string, };

/**
 * Answer of `POST /webhooks`: the secret is told this once.
 */
export type WebhookMade = { webhook: Webhook, secret: string, };

/**
 * Body of `PATCH /webhooks/ID`; what is left out stays.
 */
export type WebhookChange = { url?: string, events?: Array<HookEvent>, active?: boolean, secret?: string, };

/**
 * One delivery of `GET /webhooks/ID/deliveries`.
 */
export type Delivery = { id: string, event: HookEvent, state: DeliveryState, attempts: number, 
/**
 * What came of the last attempt: the status, or why there was none.
 */
said: string, at_ms: number, next_ms?: number, };

/**
 * Answer of `GET /conferences/ID/reports/end.json`.
 */
export type EndReport = { title: string, label: string, 
/**
 * When the first participant came.
 */
opened_ms: number | null, 
/**
 * When it was ended for all.
 */
ended_ms: number | null, people: Array<ReportPerson>, sites: Array<ReportSite>, floor: Array<ReportTurn>, agenda: Array<ReportItem>, incidents: Array<ReportIncident>, acts: Array<ReportAct>, };

/**
 * One stay of one participant.
 */
export type ReportPerson = { name: string, unit: string, 
/**
 * Name of the site; empty without one.
 */
site: string, role: Role, came_ms: number, left_ms: number | null, present_ms: number, 
/**
 * Times that the connection broke.
 */
breaks: number, turns: number, spoke_ms: number, };

/**
 * One invited site.
 */
export type ReportSite = { id: string, name: string, 
/**
 * How long somebody stood for it.
 */
present_ms: number, 
/**
 * Result of the roll call: `present`, `no_sound`, `no_picture`, `absent`; empty when not called.
 */
result: string, };

/**
 * One turn to speak.
 */
export type ReportTurn = { at_ms: number, name: string, site: string, spoke_ms: number, };

/**
 * One item of the agenda.
 */
export type ReportItem = { title: string, planned_minutes: number, opened_ms: number | null, closed_ms: number | null, took_ms: number, };

/**
 * Something that went wrong.
 */
export type ReportIncident = { at_ms: number, 
/**
 * `connection_lost`, `came_back`, `gone_for_good`, `removed`, `chair_missing`, `deputy_leads`, `floor_lost`.
 */
what: string, who: string, 
/**
 * Milliseconds it lasted, where that is known.
 */
lasted_ms: number | null, };

/**
 * Something that somebody who leads did.
 */
export type ReportAct = { at_ms: number, 
/**
 * Name of who did it; empty for an act from outside by somebody who is not named in it.
 */
by: string, 
/**
 * Word of the act, e.g. `floor_granted`, `all_muted`, `locked`.
 */
what: string, 
/**
 * On whom or what; may be empty.
 */
on: string, };

/**
 * What has no more room.
 */
export type FullPart = "conference" | "server";

/**
 * Every error of the HTTP API: a stable code and facts, never prose.
 */
export type ApiError = { "error": "wrong_credentials", } | { "error": "account_locked", retry_s: number, } | { "error": "invitation_expired", } | { "error": "code_needed", } | { "error": "wrong_code", } | { "error": "inside_only", } | { "error": "weak_password", rules: Array<PasswordRule>, least: number, } | { "error": "duty_first", duty: Duty, } | { "error": "second_factor_on", } | { "error": "second_factor_off", } | { "error": "bad_file", file: FileProblem, } | { "error": "plan_changed", } | { "error": "not_signed_in", } | { "error": "bad_token", } | { "error": "not_allowed", } | { "error": "foreign_origin", } | { "error": "no_such_conference", } | { "error": "no_such_site", } | { "error": "no_such_participant", } | { "error": "not_now", why: string, } | { "error": "conference_exists", } | { "error": "guests_not_allowed", } | { "error": "text_length", field: string, limit: number, } | { "error": "bad_field", field: string, } | { "error": "malformed", detail: string, } | { "error": "too_large", limit: number, } | { "error": "unsupported_media", } | { "error": "bad_offer", detail: string, } | { "error": "kept_out", why: string, } | { "error": "stale_tag", } | { "error": "tag_needed", } | { "error": "too_many", retry_s: number, } | { "error": "not_found", } | { "error": "method_not_allowed", } | { "error": "full", of: FullPart, limit: number, retry_s: number, detail: string, } | { "error": "not_composed", why: string, retry_s: number, detail: string, } | { "error": "busy", retry_s: number, } | { "error": "failure", };

export const SUBPROTOCOL = "diemcau.v1";
export const PACKED_SUBPROTOCOL = "diemcau.v1+deflate";
export const VIDEO_SLOTS = 28;
export const AUDIO_SLOTS = 4;
export const MAX_WISHES = 28;
export const COMPOSED = 4294901760;
/** Close codes; `comesBack` says whether a client should reconnect by itself. */
export const CLOSE_CODES: Record<CloseCode, { code: number; comesBack: boolean }> = {
  stopping: { code: 4000, comesBack: true },
  protocol: { code: 4001, comesBack: false },
  too_fast: { code: 4002, comesBack: true },
  slow_reader: { code: 4003, comesBack: true },
  silent: { code: 4004, comesBack: true },
  place_ended: { code: 4005, comesBack: false },
  joined_elsewhere: { code: 4006, comesBack: false },
  not_let_in: { code: 4007, comesBack: false },
  server_failure: { code: 4008, comesBack: true },
  signed_out: { code: 4009, comesBack: true },
};
