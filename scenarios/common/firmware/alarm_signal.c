#include "alarm_signal.h"

#include <avr/io.h>
#include <avr/pgmspace.h>

#include "tick.h"

#define LAMPS (_BV(PB0) | _BV(PB1) | _BV(PB2))
#define RED _BV(PB0)
#define YELLOW _BV(PB1)
#define CYAN _BV(PB2)
#define PAUSED _BV(PB3)

/* 16 MHz / (2 x 64 x 156) = 801 Hz; IEC 60601-1-8 Table 4 asks for 150 to 1000 Hz. */
#define BUZZER_TOP 155

/* Sound on and off in turn, in ticks, beginning with on; the last entry is the rest until the burst
 * repeats. */
struct pattern {
  uint8_t lamp;
  uint16_t lamp_half; /* ticks on, then as many off; 0: steady */
  uint8_t steps;
  uint16_t step[20];
};

#define X TICKS(100) /* spacing of high pulses, limit 50..125 ms */
#define Y TICKS(200) /* of medium and low ones, 125..250 ms */
#ifdef DEFECT_SHORT_PULSE_TOO_LONG
#define SHORT_PULSE TICKS(220)
#else
#define SHORT_PULSE TICKS(148) /* 75..200 ms */
#endif
#ifdef DEFECT_LONG_PULSE_TOO_SHORT
#define LONG_PULSE TICKS(100)
#else
#define LONG_PULSE TICKS(200) /* 125..250 ms */
#endif
/* Between the groups of 3 and 2: twice the spacing and one pulse. */
#define GROUP_GAP (2 * X + SHORT_PULSE)
#define FIVES_GAP TICKS(800)  /* 0.35..1.3 s */
#define HIGH_REST TICKS(4000) /* 2.5..15 s */

#ifdef DEFECT_HIGH_LAMP_YELLOW
#define HIGH_LAMP YELLOW
#else
#define HIGH_LAMP RED
#endif
#ifdef DEFECT_HIGH_BURST_NINE_PULSES
#define HIGH_STEPS 18
#else
#define HIGH_STEPS 20
#endif
#ifdef DEFECT_FLASH_TOO_SLOW
#define HIGH_HALF TICKS(500)
#else
#define HIGH_HALF TICKS(248)
#endif
#ifdef DEFECT_MEDIUM_BURST_TOO_RARE
#define MEDIUM_REST TICKS(45000)
#else
#define MEDIUM_REST TICKS(6000)
#endif

#ifdef DEFECT_MEDIUM_BURST_FOUR_PULSES
#define MEDIUM_BURST \
  8, { LONG_PULSE, Y, LONG_PULSE, Y, LONG_PULSE, Y, LONG_PULSE, MEDIUM_REST }
#else
#define MEDIUM_BURST \
  6, { LONG_PULSE, Y, LONG_PULSE, Y, LONG_PULSE, MEDIUM_REST }
#endif
#ifdef DEFECT_MEDIUM_LAMP_STEADY
#define MEDIUM_HALF 0
#else
#define MEDIUM_HALF TICKS(832)
#endif
#ifdef DEFECT_LOW_BURST_TOO_OFTEN
#define LOW_REST TICKS(10000)
#else
#define LOW_REST TICKS(20000)
#endif
#ifdef DEFECT_LOW_LAMP_FLASHES
#define LOW_HALF TICKS(832)
#else
#define LOW_HALF 0
#endif

/* clang-format off */
static const struct pattern patterns[] PROGMEM = {
    {0, 0, 0, {0}},
    {CYAN, LOW_HALF, 4, {LONG_PULSE, Y, LONG_PULSE, LOW_REST}},
    {YELLOW, MEDIUM_HALF, MEDIUM_BURST},
    {HIGH_LAMP, HIGH_HALF, HIGH_STEPS,
     {SHORT_PULSE, X, SHORT_PULSE, X, SHORT_PULSE, GROUP_GAP, SHORT_PULSE, X, SHORT_PULSE, FIVES_GAP,
      SHORT_PULSE, X, SHORT_PULSE, X, SHORT_PULSE, GROUP_GAP, SHORT_PULSE, X, SHORT_PULSE, HIGH_REST}},
};
/* clang-format on */
static enum priority shown;
static uint16_t lamp_left;
static uint8_t step;
static uint16_t step_left;
static uint32_t pause_left; /* ticks */

static void buzzer(uint8_t on) {
  if (on) {
    TCNT2 = 0;
    OCR2A = BUZZER_TOP;
    TCCR2A = _BV(COM2A0) | _BV(WGM21);
    TCCR2B = _BV(CS22);
  } else {
    TCCR2B = 0;
    TCCR2A = 0;
    PORTD &= (uint8_t)~_BV(PD7);
  }
}

static void lamps(uint8_t lit) { PORTB = (uint8_t)((PORTB & ~LAMPS) | lit); }

static void start_sound(void) {
  step = 0;
  step_left = pgm_read_word(&patterns[shown].step[0]);
#ifdef DEFECT_SOUND_BEGINS_LATE
  step_left = TICKS(3000);
  step = (uint8_t)(pgm_read_byte(&patterns[shown].steps) - 1);
  return;
#endif
  if (shown != PRIORITY_NONE && pause_left == 0) buzzer(1);
}

void alarm_signal_init(void) {
  /* PB2 is also INT2, whose reset mode is "while low": unused, but an emulator polls it every cycle
   * the lamp is dark. */
  EICRA |= _BV(ISC21);
  DDRB |= LAMPS | PAUSED;
  PORTB &= (uint8_t) ~(LAMPS | PAUSED);
  DDRD |= _BV(PD7);
  buzzer(0);
#ifdef DEFECT_PAUSED_AT_POWER_UP
  alarm_signal_pause();
#endif
}

void alarm_signal_set(enum priority priority) {
  if (priority == shown) return;
  shown = priority;
  buzzer(0);
  lamps(pgm_read_byte(&patterns[shown].lamp));
  lamp_left = pgm_read_word(&patterns[shown].lamp_half);
  start_sound();
}

void alarm_signal_pause(void) {
#ifdef DEFECT_PAUSE_NOT_RENEWED
  if (pause_left != 0) return;
#endif
#ifdef DEFECT_PAUSE_TOO_LONG
  pause_left = (uint32_t)(AUDIO_PAUSE_S + 10) * TICK_HZ;
#else
  pause_left = (uint32_t)AUDIO_PAUSE_S * TICK_HZ;
#endif
  buzzer(0);
#ifdef DEFECT_PAUSE_DARKENS_LAMP
  lamps(0);
  lamp_left = 0;
#endif
  PORTB |= PAUSED;
}

void alarm_signal_resume(void) {
  if (pause_left == 0) return;
  pause_left = 0;
  PORTB &= (uint8_t)~PAUSED;
  start_sound();
}

uint8_t alarm_signal_pause_left(void) { return (uint8_t)((pause_left + TICK_HZ - 1) / TICK_HZ); }

static void tick_lamp(void) {
  if (lamp_left == 0 || --lamp_left != 0) return;
  lamp_left = pgm_read_word(&patterns[shown].lamp_half);
  lamps((PORTB & LAMPS) ? 0 : pgm_read_byte(&patterns[shown].lamp));
}

static void tick_sound(void) {
  if (--step_left != 0) return;
  if (++step == pgm_read_byte(&patterns[shown].steps)) step = 0;
  step_left = pgm_read_word(&patterns[shown].step[step]);
#ifdef DEFECT_HIGH_BURST_NINE_PULSES
  /* Nine pulses end with a long rest as ten do. */
  if (shown == PRIORITY_HIGH && step == HIGH_STEPS - 1) step_left = HIGH_REST;
#endif
#ifdef DEFECT_SOUND_ENDS
  static uint8_t steps_sounded;
  if (steps_sounded == 200) return;
  ++steps_sounded;
#endif
  buzzer((step & 1) == 0);
}

void alarm_signal_tick(void) {
  if (pause_left != 0 && --pause_left == 0) {
    pause_left = 1; /* so that resume takes it as a pause that ends */
    alarm_signal_resume();
  }
  if (shown == PRIORITY_NONE) return;
  tick_lamp();
  if (pause_left == 0) tick_sound();
}
