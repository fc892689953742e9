// Starts Swagger UI on the document of this service; a file of its own because inline scripts are refused.
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: place.dataset.document, domNode: place, validatorUrl: null, deepLinking: true });
