#include "contact.h"

#include "sampling.h"

#define OFF SAMPLES(1000)
#define ON SAMPLES(1000)

void contact_init(struct contact* contact, uint8_t attached) {
  contact->attached = attached;
  contact->at_rail = contact->off_rail = 0;
}

/* Mains picked up by a loose electrode may leave the rail for moments: they count against it five
 * times. */
uint8_t contact_sample(struct contact* contact, uint8_t is_at_rail) {
  if (is_at_rail) {
    contact->off_rail = 0;
    if (!contact->attached || ++contact->at_rail < OFF) return 0;
    contact->attached = 0;
    return 1;
  }
  contact->at_rail = contact->at_rail > 4 ? contact->at_rail - 4 : 0;
  if (contact->attached || ++contact->off_rail < ON) return 0;
  contact_init(contact, 1);
  return 1;
}
