"""What trained networks are measured at, and the pages that say so.

evaluate     every measure of a checkpoint over a set of photos
price        the same as a CSV and a plot of PSNR against colourfulness
measures     the names, digits and meanings of these measures
recognition  how real the colours look to a network that names things
run          the study: every variant with several seeds, timed and measured, into one table
results      that table, and how to look things up in it
derived      differences, means over epochs, early stopping's picks, seconds per epoch
verdicts     when a difference holds, and when a claim is reproduced
claims       the story's six claims
tables       tables of the study's page
plots        its plots
style        how all plots look
app_data     what the app shows of the study
calibrate    the page on whether the uncertainty is an honest measure of error, and its factors
calibration  the measures of that page
hints        the page on what a few true colours are worth
reach        and how far one false colour goes
alternatives  the page on several plausible pictures, beside the one
levin        what they are worth without a network
sets         the photos of such pages: validation and elsewhere
markdown     tables in Markdown, and what somebody wrote below them
"""
