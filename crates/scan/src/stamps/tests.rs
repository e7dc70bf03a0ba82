use proptest::prelude::*;

use super::*;

/// A white page, A4 at 100 dots an inch.
fn paper() -> Vec<u8> {
    vec![250; 827 * 1_169 * 3]
}

/// Red lines round a rectangle, two pixels thick.
fn red_frame(pixels: &mut [u8], place: (usize, usize), size: (usize, usize)) {
    frame(pixels, place, size, [210, 30, 40]);
}

fn frame(
    pixels: &mut [u8],
    (left, top): (usize, usize),
    (width, height): (usize, usize),
    ink: [u8; 3],
) {
    for y in top..top + height {
        for x in left..left + width {
            let edge =
                x < left + 2 || x >= left + width - 2 || y < top + 2 || y >= top + height - 2;
            if edge {
                pixels[(y * 827 + x) * 3..][..3].copy_from_slice(&ink);
            }
        }
    }
}

fn candidates(bitmap: &Bitmap) -> Vec<(Tilted, Crop)> {
    let page = Cutter::new(bitmap);
    let places = page.proposals(None).into_iter();
    places.map(|place| (place, page.cut(&place))).collect()
}

fn page(pixels: Vec<u8>) -> Bitmap {
    Bitmap::rgb(827, 1_169, pixels).expect("fits")
}

#[test]
fn an_empty_page_has_no_proposal_and_a_frame_has_one() {
    assert_eq!(candidates(&page(paper())).len(), 0);
    let mut pixels = paper();
    red_frame(&mut pixels, (200, 180), (118, 32));
    let found = candidates(&page(pixels));
    let (place, crop) = found.first().expect("a proposal");
    let wanted = Tilted {
        x: 259.0,
        y: 196.0,
        width: 118.0,
        height: 32.0,
        angle: 0.0,
    };
    assert!(place.overlap(&wanted) > 0.85, "{place:?}");
    assert_eq!(crop.values.len(), CROP_CHANNELS * CROP_WIDTH * CROP_HEIGHT);
}

#[test]
fn a_frame_across_a_turned_page_is_laid_along_its_long_side() {
    let mut pixels = paper();
    red_frame(&mut pixels, (300, 400), (32, 118));
    let found = candidates(&page(pixels));
    let upright = found.iter().any(|(place, _)| {
        place.width > place.height && (place.angle.abs() - std::f32::consts::FRAC_PI_2).abs() < 0.05
    });
    assert!(
        upright,
        "{:?}",
        found.iter().map(|(place, _)| place).collect::<Vec<_>>()
    );
}

#[test]
fn a_frame_of_faint_ink_is_found_where_the_page_has_no_other_colour() {
    let (place, size) = ((200, 180), (118, 32));
    // Ten lighter and ten redder than the paper: less than any other limit asks for.
    let mut pixels = paper();
    frame(&mut pixels, place, size, [250, 240, 240]);
    let found = candidates(&page(pixels));
    let (first, _) = found.first().expect("a proposal");
    assert!(first.width > 110.0 && first.height > 28.0, "{first:?}");
    // A twentieth of the page is as red: a shade of the paper, not ink.
    let mut pixels = paper();
    for pixel in pixels.chunks_exact_mut(3).rev().take(827 * 60) {
        pixel.copy_from_slice(&[250, 240, 240]);
    }
    frame(&mut pixels, place, size, [250, 240, 240]);
    assert_eq!(candidates(&page(pixels)).len(), 0);
    // Too low for a stamp, as the coloured edge of a line of text: no frame, though it may be a word that had one.
    let mut pixels = paper();
    frame(&mut pixels, place, (118, 16), [250, 240, 240]);
    let found = candidates(&page(pixels));
    assert!(found.iter().all(|(place, _)| place.height > 30.0));
}

/// A page of one bit a pixel with a word in a frame of 30 by 9 mm, of whose lines every other piece is lost. They may run on
/// to the left, as those of a table. Text touches the lower one.
fn worn(runs_on: bool, paper: u8) -> Bitmap {
    let mut pixels = vec![paper; 827 * 1_169];
    let mut ink = |x: usize, y: usize, width: usize, height: usize| {
        for row in y..y + height {
            pixels[row * 827 + x..][..width].fill(0);
        }
    };
    for letter in 0..4 {
        ink(238 + 12 * letter, 190, 8, 13);
    }
    for y in [180, 214] {
        for x in (200..318).step_by(12) {
            ink(x, y, 6, 1);
        }
        if runs_on {
            ink(150, y, 50, 1);
        }
    }
    for y in (180..214).step_by(10) {
        ink(200, y, 1, 5);
        ink(317, y, 1, 5);
    }
    for letter in 0..8 {
        ink(270 + 14 * letter, 213, 9, 12);
    }
    Bitmap::grey(827, 1_169, pixels).expect("fits")
}

#[test]
fn a_frame_in_pieces_is_found_by_its_word_and_a_cell_of_a_table_is_not() {
    let wanted = Tilted {
        x: 259.0,
        y: 197.5,
        width: 118.0,
        height: 35.0,
        angle: 0.0,
    };
    let found = |page: &Bitmap| {
        let places = Cutter::new(page).proposals(None);
        places.iter().any(|place| place.overlap(&wanted) > 0.8)
    };
    assert!(found(&worn(false, 255)));
    assert!(!found(&worn(true, 255)));
    // The same on a page that lies on its side.
    let upright = worn(false, 255);
    let turned = (0..827).flat_map(|x| (0..1_169).map(move |y| (x, y)));
    let pixels = turned.map(|(x, y)| upright.pixels()[y * 827 + x]);
    let page = Bitmap::grey(1_169, 827, pixels.collect()).expect("fits");
    let places = Cutter::new(&page).proposals(None);
    let wanted = wanted.transposed();
    assert!(places.iter().any(|place| place.overlap(&wanted) > 0.8));
    // Paper with a shade has lines where a stamp has them.
    assert!(!found(&worn(false, 250)));
}

/// What stands near four letters of which no frame is left.
#[derive(Clone, Copy, PartialEq)]
enum Near {
    Nothing,
    Table,
    Box,
    Text,
}

fn bare_word(near: Near) -> Bitmap {
    let mut pixels = vec![255; 827 * 1_169];
    let mut ink = |x: usize, y: usize, width: usize, height: usize| {
        for row in y..y + height {
            pixels[row * 827 + x..][..width].fill(0);
        }
    };
    for letter in 0..4 {
        ink(238 + 12 * letter, 190, 8, 13);
    }
    match near {
        Near::Nothing => {}
        Near::Table => [182, 213].iter().for_each(|y| ink(180, *y, 220, 1)),
        Near::Box => {
            for (x, y, width, height) in [
                (214, 190, 14, 1),
                (214, 203, 14, 1),
                (214, 190, 1, 14),
                (227, 190, 1, 14),
            ] {
                ink(x, y, width, height);
            }
        }
        Near::Text => (0..4).for_each(|letter| ink(300 + 12 * letter, 190, 8, 13)),
    }
    Bitmap::grey(827, 1_169, pixels).expect("fits")
}

/// As large as stamps mostly are around those letters.
const AROUND_BARE_WORD: Tilted = Tilted {
    x: 260.0,
    y: 196.5,
    width: 86.0,
    height: 32.5,
    angle: 0.0,
};

#[test]
fn a_word_alone_is_proposed_with_the_frame_it_may_have_had() {
    let found = |near: Near| {
        let places = Cutter::new(&bare_word(near)).proposals(None);
        places
            .iter()
            .any(|place| place.overlap(&AROUND_BARE_WORD) > 0.9)
    };
    assert!(found(Near::Nothing));
    assert!(!found(Near::Table));
    assert!(!found(Near::Box));
    assert!(!found(Near::Text));
}

#[test]
fn a_faint_red_word_that_runs_together_is_proposed_with_its_frame() {
    let mut pixels = paper();
    for y in 190..203 {
        for x in 238..282 {
            // Letters, and a haze between them.
            let light = if (x - 238) % 12 < 8 { 234 } else { 240 };
            pixels[(y * 827 + x) * 3..][..3].copy_from_slice(&[250, light, light]);
        }
    }
    let places = Cutter::new(&page(pixels)).proposals(None);
    assert!(
        places
            .iter()
            .any(|place| place.overlap(&AROUND_BARE_WORD) > 0.9)
    );
}

#[test]
fn what_the_gate_doubts_is_looked_at_only_if_a_level_was_read() {
    let thresholds = Thresholds::default();
    let told = |class, sure, gate| {
        let mut one = seen(200.0, 200.0, class, sure);
        one.gate = gate;
        let sightings = judge(&[one], &thresholds, &mut |_, _| None);
        sightings.first().map(|sighting| sighting.tier)
    };
    assert_eq!(told(Class::Mat, 0.6, 0.5), Some(Tier::Unconfirmed));
    assert_eq!(told(Class::Mat, 0.6, 0.3), None);
    assert_eq!(told(Class::Mat, 0.4, 0.5), None);
    assert_eq!(told(Class::GiaiMat, 0.9, 0.5), None);
    // Neither network is sure enough alone: not the gate, nor a reader that is certain where the gate doubts.
    assert_eq!(told(Class::Mat, 0.5, 0.85), Some(Tier::Unconfirmed));
    assert_eq!(told(Class::Mat, 0.6, 0.85), Some(Tier::Confirmed));
    assert_eq!(told(Class::Mat, 0.99, 0.7), Some(Tier::Unconfirmed));
    // A mark that the ink left out makes a near miss of a level.
    assert_eq!(told(Class::NearMiss, 0.8, 0.99), Some(Tier::Unconfirmed));
    assert_eq!(told(Class::GiaiMat, 0.6, 0.99), Some(Tier::Unconfirmed));
    assert_eq!(told(Class::GiaiMat, 0.95, 0.99), Some(Tier::Confirmed));
    assert_eq!(told(Class::NearMiss, 0.99, 0.99), None);
    // What reads as no word at all does not speak against a gate that is sure.
    assert_eq!(told(Class::Other, 0.99, 0.99), Some(Tier::Unconfirmed));
    assert_eq!(told(Class::Other, 0.99, 0.5), None);
    // Doubtful proposals beside a sure one do not change what was read there.
    let mut doubtful = seen(203.0, 200.0, Class::Other, 0.99);
    doubtful.gate = 0.5;
    let sure = seen(200.0, 200.0, Class::Mat, 0.9);
    let one = judge(&[doubtful, sure], &thresholds, &mut |_, _| None);
    assert_eq!(one.first().map(|one| one.tier), Some(Tier::Confirmed));
}

#[test]
fn a_frame_without_a_word_is_no_stamp() {
    let mut pixels = paper();
    red_frame(&mut pixels, (200, 180), (118, 32));
    let marked = find(&page(pixels), None, None)
        .into_iter()
        .any(|sighting| sighting.tier == Tier::Confirmed && sighting.class.level().is_some());
    assert!(!marked);
}

fn seen(x: f32, y: f32, class: Class, sure: f32) -> Seen {
    let rest = (1.0 - sure) / (Class::ALL.len() - 1) as f32;
    Seen {
        place: Tilted {
            x,
            y,
            width: 120.0,
            height: 32.0,
            angle: 0.0,
        },
        gate: 0.99,
        turned: false,
        read: Class::ALL
            .iter()
            .map(|other| if *other == class { sure } else { rest })
            .collect(),
    }
}

#[test]
fn judgement_has_two_tiers_and_dismisses_what_was_read_as_something_else() {
    let thresholds = Thresholds::default();
    let told = |class, sure| {
        judge(
            &[seen(200.0, 200.0, class, sure)],
            &thresholds,
            &mut |_, _| None,
        )
    };
    let tiers = |class, sure| {
        told(class, sure)
            .first()
            .map(|sighting| (sighting.class, sighting.tier))
    };
    assert_eq!(
        tiers(Class::ToiMat, 0.99),
        Some((Class::ToiMat, Tier::Confirmed))
    );
    assert_eq!(
        tiers(Class::ToiMat, 0.38),
        Some((Class::ToiMat, Tier::Unconfirmed))
    );
    assert_eq!(
        tiers(Class::GiaiMat, 0.999),
        Some((Class::GiaiMat, Tier::Confirmed))
    );
    assert_eq!(tiers(Class::NearMiss, 0.999), None);
    assert_eq!(
        tiers(Class::Other, 0.999).map(|(_, tier)| tier),
        Some(Tier::Unconfirmed)
    );
    let mut closed = seen(200.0, 200.0, Class::Mat, 0.99);
    closed.gate = 0.0;
    assert_eq!(judge(&[closed], &thresholds, &mut |_, _| None), []);
}

#[test]
fn one_place_gives_one_sighting_and_a_list_of_levels_is_a_form() {
    let thresholds = Thresholds::default();
    let twice = [
        seen(200.0, 200.0, Class::Mat, 0.9),
        seen(203.0, 201.0, Class::Mat, 0.99),
    ];
    assert_eq!(judge(&twice, &thresholds, &mut |_, _| None).len(), 1);
    let list = [
        seen(200.0, 200.0, Class::Mat, 0.99),
        seen(200.0, 240.0, Class::ToiMat, 0.99),
    ];
    let told = judge(&list, &thresholds, &mut |_, _| None);
    assert!(
        told.len() == 2
            && told
                .iter()
                .all(|sighting| sighting.tier == Tier::Unconfirmed)
    );
    let apart = [
        seen(200.0, 200.0, Class::Mat, 0.99),
        seen(600.0, 900.0, Class::ToiMat, 0.99),
    ];
    assert!(
        judge(&apart, &thresholds, &mut |_, _| None)
            .iter()
            .all(|sighting| sighting.tier == Tier::Confirmed)
    );
}

#[test]
fn a_part_of_a_stamp_does_not_outvote_the_whole() {
    let thresholds = Thresholds::default();
    let told = |place: &[Seen]| {
        let sightings = judge(place, &thresholds, &mut |_, _| None);
        sightings
            .first()
            .map(|sighting| (sighting.class, sighting.tier))
    };
    // The gate likes the half with MẬT in it better.
    let mut whole = seen(200.0, 200.0, Class::TuyetMat, 0.9);
    whole.place.width = 80.0;
    whole.gate = 0.9;
    let mut half = seen(215.0, 200.0, Class::Mat, 0.99);
    half.place.width = 40.0;
    let confirmed = Some((Class::TuyetMat, Tier::Confirmed));
    assert_eq!(told(&[half.clone(), whole.clone()]), confirmed);
    // A cell around a stamp that reads as no word does not hide it.
    whole.read = seen(0.0, 0.0, Class::Other, 0.99).read;
    assert_eq!(told(&[half, whole]), Some((Class::Mat, Tier::Confirmed)));
}

#[test]
fn a_level_within_another_word_is_doubted() {
    let thresholds = Thresholds::default();
    let told = |around: &Seen| {
        let half = Seen {
            place: Tilted {
                width: 60.0,
                ..seen(230.0, 200.0, Class::Mat, 0.99).place
            },
            ..seen(0.0, 0.0, Class::Mat, 0.99)
        };
        let sightings = judge(&[half, around.clone()], &thresholds, &mut |_, _| None);
        let level = sightings.iter().find(|one| one.class == Class::Mat);
        level.map(|sighting| sighting.tier)
    };
    // GIẢI MẬT: the gate, rightly, lets only its half through.
    let mut whole = seen(200.0, 200.0, Class::GiaiMat, 0.95);
    whole.gate = 0.1;
    assert_eq!(told(&whole), Some(Tier::Unconfirmed));
    // Another stamp beside it, a whole column around it, or no word that anybody knows say nothing of it.
    let beside = Seen {
        place: seen(300.0, 200.0, Class::Mat, 0.99).place,
        ..whole.clone()
    };
    assert_eq!(told(&beside), Some(Tier::Confirmed));
    let column = Seen {
        place: Tilted {
            height: 90.0,
            ..whole.place
        },
        ..whole.clone()
    };
    assert_eq!(told(&column), Some(Tier::Confirmed));
    whole.read = seen(0.0, 0.0, Class::Other, 0.95).read;
    assert_eq!(told(&whole), Some(Tier::Confirmed));
}

#[test]
fn what_is_hardly_read_does_not_make_a_sure_word_doubtful() {
    let told = |places: &[Seen]| {
        let sightings = judge(places, &Thresholds::default(), &mut |_, _| None);
        let tiers = sightings.iter().map(|one| (one.class, one.tier));
        tiers.collect::<Vec<_>>()
    };
    let sure = (Class::TuyetMat, Tier::Confirmed);
    let whole = seen(200.0, 200.0, Class::TuyetMat, 0.98);
    // A frame cut off at a corner reads as no word.
    let mut cut = seen(203.0, 200.0, Class::Other, 0.98);
    cut.gate = 0.9;
    assert_eq!(told(&[whole.clone(), cut.clone()]), [sure]);
    // But all that was read counts where none is a word.
    let mut unread = whole.clone();
    unread.read = seen(0.0, 0.0, Class::TuyetMat, 0.55).read;
    let both = told(&[unread.clone(), cut]);
    assert_eq!(both, [(Class::TuyetMat, Tier::Unconfirmed)]);
    // Below a stamp something that may be a level is none of a list of levels.
    let below = |sure| seen(200.0, 240.0, Class::Mat, sure);
    let maybe = (Class::Mat, Tier::Unconfirmed);
    assert_eq!(told(&[whole.clone(), below(0.3)]), [sure, maybe]);
    let listed = told(&[whole.clone(), below(0.9)]);
    assert!(listed.iter().all(|(_, tier)| *tier == Tier::Unconfirmed));
    // A half of a word that is sure is no sighting of its own.
    let mut half = seen(160.0, 200.0, Class::Mat, 0.3);
    half.place.width = 50.0;
    half.gate = 0.995;
    let mut other_half = half.clone();
    other_half.place.x = 240.0;
    assert_eq!(told(&[half, whole, other_half]), [sure]);
}

#[test]
fn a_second_reader_confirms_the_likeliest_level_and_never_dismisses() {
    let thresholds = Thresholds::default();
    let told = |class, sure, read: Option<Class>| {
        let place = [seen(200.0, 200.0, class, sure)];
        let sightings = judge(&place, &thresholds, &mut |_, _| read);
        sightings
            .first()
            .map(|sighting| (sighting.class, sighting.tier))
    };
    let doubtful = |read| told(Class::ToiMat, 0.38, read);
    let confirmed = Some((Class::ToiMat, Tier::Confirmed));
    let unconfirmed = Some((Class::ToiMat, Tier::Unconfirmed));
    assert_eq!(doubtful(Some(Class::ToiMat)), confirmed);
    assert_eq!(doubtful(Some(Class::Mat)), unconfirmed);
    assert_eq!(doubtful(None), unconfirmed);
    assert_eq!(told(Class::ToiMat, 0.99, None), confirmed);
    // Against a dismissal it only calls a person.
    assert_eq!(told(Class::NearMiss, 0.99, None), None);
    let called = Some((Class::Mat, Tier::Unconfirmed));
    assert_eq!(told(Class::NearMiss, 0.99, Some(Class::Mat)), called);
    // A list of levels stays a list, whoever reads it.
    let list = [
        seen(200.0, 200.0, Class::Mat, 0.38),
        seen(200.0, 240.0, Class::ToiMat, 0.38),
    ];
    let mut words = [Class::Mat, Class::ToiMat].into_iter();
    let told = judge(&list, &thresholds, &mut |_, _| words.next());
    assert!(
        told.iter()
            .all(|sighting| sighting.tier == Tier::Unconfirmed)
    );
    assert_eq!((told.len(), words.next()), (2, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_pixels_make_it_panic(
        width in 1_usize..90,
        height in 1_usize..90,
        colour in any::<bool>(),
        bilevel in any::<bool>(),
        seed in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let count = width * height * if colour { 3 } else { 1 };
        let light = |byte: u8| if bilevel { (byte & 1) * 255 } else { byte };
        let pixels: Vec<u8> = seed.iter().copied().map(light).cycle().take(count).collect();
        let bitmap = if colour {
            Bitmap::rgb(width, height, pixels)
        } else {
            Bitmap::grey(width, height, pixels)
        };
        for sighting in find(&bitmap.expect("fits"), Some((210.0, 297.0)), None) {
            prop_assert!((0.0..=1.0).contains(&sighting.confidence));
        }
    }
}
