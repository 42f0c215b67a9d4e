/** What is done to models when the program starts: pulled, set up for the hardware, loaded. */
@NullMarked
package com.sutazai.inference.preparation;

import org.jspecify.annotations.NullMarked;
