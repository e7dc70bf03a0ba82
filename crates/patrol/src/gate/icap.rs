//! The gate as an ICAP server (RFC 3507): OPTIONS, REQMOD and RESPMOD with preview and 204. A proxy hands
//! over an upload or a page; what is not allowed is answered with a page instead. The body is held until the
//! verdict and not one byte of it goes back before.

mod message;
mod reply;
mod wire;

use std::time::Duration;

use scan::Reason;
use tokio::io::BufStream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Decision, Gate, Outcome, parts};
use crate::error::PatrolError;
use crate::limits::{HELD_MIB_UNKNOWN, ICAP_CONNECTIONS_MAX, SILENCE_MAX, UPLOAD_WALL};
use message::{Head, Method};
use wire::{Chunks, Ended};

type Stream = BufStream<TcpStream>;

/// Why a conversation ends.
#[derive(Debug)]
enum Over {
    /// The client is gone, or stopped half way.
    Gone,
    /// What it said is no ICAP; answered with this status.
    Bad(&'static str),
}

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self::Gone
    }
}

/// Serves ICAP until the program ends.
///
/// # Errors
/// Those of the listener.
pub async fn serve(listener: TcpListener, gate: Gate) -> Result<(), PatrolError> {
    let connections = std::sync::Arc::new(Semaphore::new(ICAP_CONNECTIONS_MAX));
    loop {
        let Ok(permit) = connections.clone().acquire_owned().await else {
            return Ok(());
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, or a client that was gone at once: the others go on.
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let gate = gate.clone();
        tokio::spawn(async move {
            converse(BufStream::new(stream), &gate).await;
            drop(permit);
        });
    }
}

async fn converse(mut stream: Stream, gate: &Gate) {
    loop {
        match one(&mut stream, gate).await {
            Ok(true) => {}
            Ok(false) | Err(Over::Gone) => return,
            Err(Over::Bad(status)) => {
                // It may not be listening any more.
                let _ = reply::status(&mut stream, status).await;
                return;
            }
        }
    }
}

/// One request and its answer; false at the end of the conversation.
async fn one(stream: &mut Stream, gate: &Gate) -> Result<bool, Over> {
    let Some(head) = patient(message::read(stream)).await? else {
        return Ok(false);
    };
    match head.method {
        Method::Options => reply::options(stream, &head).await?,
        Method::Reqmod | Method::Respmod => modify(stream, gate, &head).await?,
        Method::Other => return Err(Over::Bad("405 Method Not Allowed")),
    }
    Ok(!head.closes)
}

/// Not longer than a client may be silent.
async fn patient<T>(step: impl Future<Output = Result<T, Over>>) -> Result<T, Over> {
    match tokio::time::timeout(SILENCE_MAX, step).await {
        Ok(done) => done,
        Err(_) => Err(Over::Gone),
    }
}

async fn modify(stream: &mut Stream, gate: &Gate, head: &Head) -> Result<(), Over> {
    if !head.has_body {
        // Nothing is published by a request without a body.
        return reply::pass(stream, head, head.allows_204, None).await;
    }
    let held = tokio::time::timeout(UPLOAD_WALL, hold(stream, gate, head));
    let held = held.await.map_err(|_| Over::Gone)??;
    let outcome = judge(gate, head, &held).await;
    match outcome.decision {
        Decision::Allow => {
            let unasked = head.allows_204 || held.in_preview;
            reply::pass(stream, head, unasked, Some(&held.bytes)).await
        }
        Decision::Block | Decision::Review => reply::refuse(stream, &outcome).await,
    }
}

/// A body, held whole unless there was no room for it.
struct Held {
    bytes: Vec<u8>,
    whole: bool,
    /// The preview was everything, so that no continuation was asked for.
    in_preview: bool,
    _room: Vec<OwnedSemaphorePermit>,
}

async fn hold(stream: &mut Stream, gate: &Gate, head: &Head) -> Result<Held, Over> {
    let announced = head.content_length();
    let first = announced.map_or(HELD_MIB_UNKNOWN, |bytes| {
        let bytes = bytes.min(gate.file_bytes_max());
        u32::try_from((bytes >> 20) + 1).unwrap_or(HELD_MIB_UNKNOWN)
    });
    let room = gate.room_mib.clone().acquire_many_owned(first).await;
    let mut held = Held {
        bytes: Vec::new(),
        whole: true,
        in_preview: false,
        _room: vec![room.map_err(|_| Over::Gone)?],
    };
    let mut room_bytes = usize::try_from(first).unwrap_or(0) << 20;
    let mut chunks = Chunks::default();
    if head.preview.is_some() {
        if take(stream, gate, &mut chunks, &mut held, &mut room_bytes).await? == Ended::Whole {
            held.in_preview = true;
            return Ok(held);
        }
        reply::go_on(stream).await?;
        chunks = Chunks::default();
    }
    take(stream, gate, &mut chunks, &mut held, &mut room_bytes).await?;
    Ok(held)
}

/// Takes chunks until their end. What finds no room is read and dropped: the client has to come to its end
/// before it listens.
async fn take(
    stream: &mut Stream,
    gate: &Gate,
    chunks: &mut Chunks,
    held: &mut Held,
    room_bytes: &mut usize,
) -> Result<Ended, Over> {
    let limit = usize::try_from(gate.file_bytes_max()).unwrap_or(usize::MAX);
    loop {
        let piece = match patient(chunks.next(stream)).await? {
            wire::Step::Piece(piece) => piece,
            wire::Step::End(ended) => return Ok(ended),
        };
        if !held.whole {
            continue;
        }
        let wanted = held.bytes.len().saturating_add(piece.len());
        while wanted > *room_bytes && held.whole {
            // Waiting here, with room in hand, could end with everybody waiting.
            match gate
                .room_mib
                .clone()
                .try_acquire_many_owned(HELD_MIB_UNKNOWN)
            {
                Ok(permit) if *room_bytes < limit => {
                    held._room.push(permit);
                    *room_bytes = room_bytes.saturating_add((HELD_MIB_UNKNOWN as usize) << 20);
                }
                _ => held.whole = false,
            }
        }
        if wanted > limit {
            held.whole = false;
        }
        if held.whole {
            held.bytes.extend_from_slice(&piece);
        } else {
            held.bytes = Vec::new();
        }
    }
}

/// A gate that cannot scan lets nothing through.
async fn judge(gate: &Gate, head: &Head, held: &Held) -> Outcome {
    let name = parts::name_of_address(&head.address);
    let bytes = held.bytes.len() as u64;
    if !held.whole {
        return Outcome::unseen(&name, bytes, Reason::TooLarge, "");
    }
    let parts = parts::split(head.content_type(), &name, held.bytes.clone()).await;
    let Ok(parts) = parts else {
        return Outcome::unseen(&name, bytes, Reason::Damaged, "form");
    };
    gate.judge(parts).await.unwrap_or_else(|error| {
        tracing::error!(code = error.code(), %error, "the gate cannot scan");
        Outcome::unseen(&name, bytes, Reason::Crash, "")
    })
}
