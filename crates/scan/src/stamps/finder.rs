//! The cascade as the engine asks for it: pictures in, findings and unread parts out.

use crate::content::{Picture, PictureData};
use crate::engine::{PictureAnswer, StampFinder};
use crate::images::{Bitmap, each_page};
use crate::limits::Limits;
use crate::report::{Finding, How, Incomplete, Reason};

use super::{Ask, SecondReader, Sighting, Tier, find};

/// Identifier of the rule that these findings come from.
pub const RULE: &str = "stamp.level";
/// Sides, in pixels, below which a picture cannot hold a readable stamp: bullets, rules, icons.
const SIDE_PX_MIN: usize = 14;
/// The least that a picture covers of an A4 page to be taken for a scan of it, in mm a side.
const PAGE_MM_MIN: f32 = 120.0;

/// Looks for level stamps in the pictures of a file.
#[derive(Default)]
pub struct Cascade {
    limits: Limits,
    second: Option<(Box<dyn SecondReader>, Ask)>,
}

impl Cascade {
    /// `limits` bound the size of a picture and its pages.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            second: None,
        }
    }

    /// With a second reader for what the networks leave in doubt.
    #[must_use]
    pub fn seconded(self, reader: Box<dyn SecondReader>, ask: Ask) -> Self {
        Self {
            second: Some((reader, ask)),
            ..self
        }
    }

    /// `bbox_mm` is where the picture lies on its page.
    fn see(
        &self,
        bitmap: &Bitmap,
        bbox_mm: Option<[f32; 4]>,
        page: Option<u32>,
        answer: &mut PictureAnswer,
    ) {
        if bitmap.width().min(bitmap.height()) < SIDE_PX_MIN {
            return;
        }
        let size = bbox_mm.map(|[_, _, width, height]| (width, height));
        // A small picture may show a whole page made small: its own size in mm says nothing then.
        let size = size.filter(|(width, height)| width.max(*height) >= PAGE_MM_MIN);
        let second = self.second.as_ref();
        let second = second.map(|(reader, ask)| (reader.as_ref(), *ask));
        for sighting in find(bitmap, size, second) {
            if sighting.class.level().is_none() {
                continue;
            }
            match sighting.tier {
                Tier::Confirmed => answer
                    .findings
                    .push(finding(&sighting, bitmap, bbox_mm, page)),
                Tier::Unconfirmed => {
                    let unread = Incomplete::new(Reason::StampUnconfirmed, place(page));
                    if !answer.incomplete.contains(&unread) {
                        answer.incomplete.push(unread);
                    }
                }
            }
        }
    }
}

impl StampFinder for Cascade {
    fn look(&self, picture: &Picture, page: Option<u32>) -> PictureAnswer {
        let mut answer = PictureAnswer::default();
        let mut number = page;
        let mut take = |read: Result<Bitmap, Reason>| {
            match read {
                Ok(bitmap) => self.see(&bitmap, picture.bbox_mm, number, &mut answer),
                Err(reason) => answer
                    .incomplete
                    .push(Incomplete::new(reason, place(number))),
            }
            number = number.map(|number| number.saturating_add(1));
            true
        };
        match &picture.data {
            PictureData::Encoded(bytes) => each_page(bytes, &self.limits, &mut take),
            PictureData::Rgb {
                width,
                height,
                pixels,
            } => {
                let bitmap = Bitmap::rgb(*width as usize, *height as usize, pixels.clone());
                take(bitmap.ok_or(Reason::Damaged));
            }
        }
        answer
    }
}

fn place(page: Option<u32>) -> String {
    page.map_or_else(|| "picture".to_owned(), |page| format!("page {page}"))
}

fn finding(
    sighting: &Sighting,
    bitmap: &Bitmap,
    bbox_mm: Option<[f32; 4]>,
    page: Option<u32>,
) -> Finding {
    let on_page = bbox_mm.map(|[left, top, width, height]| {
        let [x, y, w, h] = sighting.bbox_px;
        let (by_x, by_y) = (
            width / bitmap.width() as f32,
            height / bitmap.height() as f32,
        );
        [left + x * by_x, top + y * by_y, w * by_x, h * by_y]
    });
    Finding {
        rule: RULE.to_owned(),
        level: sighting.class.level(),
        page,
        bbox_mm: on_page,
        how: How::Image,
        confidence: sighting.confidence,
        excerpt: sighting.class.word().to_owned(),
    }
}
