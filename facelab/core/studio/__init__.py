"""Finding, cleaning and measuring directions: InterFaceGAN, GANSpace and SeFa, for any generator."""
